package kvs.cli.operation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The facts that a diagnosis looks at. Immutable.
 *
 * @param report the report of the node; empty when there is none
 * @param failure why there is none; empty when there is one
 * @param clocks the clock of this machine and that of the node
 * @param version version of this program
 * @param files the open files of the node
 * @param machine what was found in the directory of a node on this machine; empty for another one
 */
record Symptoms(Optional<ClusterReport> report, String failure, Clocks clocks, String version,
        OpenFiles files, Optional<Machine> machine) {

    /**
     * Two clocks at the same moment.
     *
     * @param hereMs of this machine, Unix ms
     * @param nodeMs of the node, Unix ms, exact to a second; empty when it is unknown
     */
    record Clocks(long hereMs, OptionalLong nodeMs) { }

    /**
     * The open files of a node.
     *
     * @param open their number; empty when it is unknown
     * @param most the limit; empty when it is unknown
     */
    record OpenFiles(OptionalLong open, OptionalLong most) {

        /** The numbers in the text of Prometheus that a node returns. */
        static OpenFiles of(String metrics) {
            TreeMap<String, OptionalLong> values = new TreeMap<>();
            for (String line : metrics.lines().toList()) {
                int blank = line.indexOf(' ');
                if (line.startsWith("process_") && blank > 0) {
                    values.put(line.substring(0, blank), number(line.substring(blank + 1)));
                }
            }
            return new OpenFiles(values.getOrDefault("process_open_fds", OptionalLong.empty()),
                    values.getOrDefault("process_max_fds", OptionalLong.empty()));
        }

        private static OptionalLong number(String text) {
            try {
                double value = Double.parseDouble(text.strip());
                return Double.isNaN(value) ? OptionalLong.empty() : OptionalLong.of((long) value);
            } catch (NumberFormatException unknown) {
                return OptionalLong.empty();
            }
        }
    }

    /**
     * The facts about a node on this machine.
     *
     * @param directory its data directory
     * @param freeBytes free bytes on its disk; empty when the disk does not report them
     * @param exposed its files that others may read or change, each with the remedy
     * @param certificateEndsMs the end of its certificate, Unix ms; empty for none
     */
    record Machine(String directory, OptionalLong freeBytes, List<Exposure> exposed,
            OptionalLong certificateEndsMs) { }

    /**
     * A file that others may read or change.
     *
     * @param path its path
     * @param access the access of others
     */
    record Exposure(String path, String access) { }
}
