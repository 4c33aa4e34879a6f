package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import kvs.model.SequenceNumbers;
import kvs.model.NeededVersion;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The file {@code MANIFEST}: the life of the directory, its boots and its live segments. Replaced as a whole:
 * temporary file, fsync, rename, fsync of the directory. Lines of text, so that an operator can read it:
 * <pre>
 * kvs 1                          format version of everything in the directory
 * origin 9f…  1764000000000      id of this life, joined (first start, Unix ms)
 * boot 1764000000 3789…          number and last seq of a boot; the last line is the running or crashed boot
 * segment 1 5c0f… 134217728      number, salt, durable bytes: for all but the last this is the whole segment
 * retired 17                     a segment that compaction replaced; its file is to be removed, if it exists
 * crc 1a2b3c4d                   CRC32C of everything above
 * </pre>
 *
 * @param origin id of this life
 * @param joined first start, Unix ms
 * @param boots oldest first
 * @param segments in the order of the log, which is that of their numbers; the last one is active
 * @param retired numbers of segments whose files are to be removed
 */
public record Manifest(UUID origin, long joined, List<Boot> boots, List<LiveSegment> segments,
        List<Integer> retired) {

    /** The name of the file. */
    public static final String NAME = "MANIFEST";
    /** The name of the file before it is complete. */
    public static final String TEMPORARY = NAME + ".tmp";
    /** The start of the file in every version of the format. */
    public static final String PREFIX = "kvs ";
    private static final String FORMAT = PREFIX + "1";
    private static final String CRC = "crc ";
    private static final int SHOWN = 60;
    private static final int BYTES_MAX = 64 << 20;

    /** A complete MANIFEST of a newer version. */
    public static final class NewerFormatException extends BadRecordException {

        private static final long serialVersionUID = 1L;

        private final String needs;

        NewerFormatException(String first) {
            super("MANIFEST was written by a newer version");
            this.needs = NeededVersion.of(first);
        }

        /** The version that reads it, for people. */
        public String needs() {
            return needs;
        }
    }

    /** A start of this directory and the last number that it gave. */
    public record Boot(long number, long lastSeq) { }

    /** A live segment. */
    public record LiveSegment(int number, long salt, int durable) { }

    /** The last segment of the log. */
    LiveSegment last() {
        return segments.get(segments.size() - 1);
    }

    /** The same with the last segment durable up to {@code end}. */
    Manifest durable(int end) {
        List<LiveSegment> live = new ArrayList<>(segments);
        live.set(live.size() - 1, new LiveSegment(last().number, last().salt, end));
        return with(boots, live);
    }

    /** The number of the boot after the present one. */
    long nextBoot(long wallMs) {
        return SequenceNumbers.boot(boots.isEmpty() ? 0 : boots.get(boots.size() - 1).number, wallMs);
    }

    /** The same after the present boot ended with {@code lastSeq} and another one began. */
    Manifest booted(long number, long lastSeq) {
        List<Boot> next = new ArrayList<>(boots);
        if (!next.isEmpty()) {
            next.set(next.size() - 1, new Boot(next.get(next.size() - 1).number, lastSeq));
        }
        next.add(new Boot(number, SequenceNumbers.start(number)));
        return with(next, segments);
    }

    /**
     * The same with replacements that compaction made: their victims are to be removed. {@code files} are the
     * names of all files; a retired segment that is not among them is removed already.
     */
    Manifest replaced(List<SegmentSequence.Replacement> replacements, List<String> files) {
        List<LiveSegment> live = new ArrayList<>(segments);
        List<Integer> gone = new ArrayList<>(retired);
        gone.removeIf(number -> !files.contains(DataFileNames.segment(number)));
        for (SegmentSequence.Replacement replacement : replacements) {
            int at = live.indexOf(live.stream().filter(s -> s.number == replacement.replaced().get(0))
                    .findFirst().orElseThrow());
            live.removeIf(s -> replacement.replaced().contains(s.number));
            live.add(at, replacement.made());
            gone.addAll(replacement.replaced());
        }
        return with(boots, live).with(origin, gone);
    }

    /** The same with other boots and segments. */
    Manifest with(List<Boot> nextBoots, List<LiveSegment> nextSegments) {
        return new Manifest(origin, joined, List.copyOf(nextBoots), List.copyOf(nextSegments), retired);
    }

    /** The same after a new life began, or with other segments to be removed. */
    public Manifest with(UUID nextOrigin, List<Integer> nextRetired) {
        return new Manifest(nextOrigin, joined, boots, segments, List.copyOf(nextRetired));
    }

    /**
     * Whether this directory gave a number: its boot is known, and it is not above the last number of that
     * boot, {@code head} for the present one.
     */
    public boolean hasAssigned(long seq, long head) {
        long boot = SequenceNumbers.bootOf(seq);
        Boot running = boots.get(boots.size() - 1);
        return boot == running.number ? seq <= head
                : boots.stream().anyMatch(known -> known.number == boot && seq <= known.lastSeq);
    }

    /** Replaces the file. After a failure the old or the new one exists. */
    public void save(Disk disk) throws IOException {
        String text = text();
        String crc = "crc "
                + Integer.toHexString(Checksum.ofKey(text.getBytes(StandardCharsets.UTF_8))) + "\n";
        ByteBuffer bytes = ByteBuffer.wrap((text + crc).getBytes(StandardCharsets.UTF_8));
        DataFileNames.replace(disk, NAME, TEMPORARY, file -> file.write(bytes, 0));
    }

    /** Reads the file. */
    public static Manifest load(Disk disk) throws IOException {
        try (DiskFile file = disk.open(NAME, Disk.Mode.READ)) {
            long size = file.size();
            if (size > BYTES_MAX) {
                throw new BadRecordException("MANIFEST of " + size + " bytes");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            file.read(bytes, 0);
            return parse(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder(FORMAT).append('\n');
        text.append("origin ").append(origin).append(' ').append(joined).append('\n');
        boots.forEach(b -> text.append("boot ").append(b.number).append(' ').append(b.lastSeq).append('\n'));
        for (LiveSegment s : segments) {
            text.append("segment ").append(s.number).append(' ').append(Long.toHexString(s.salt)).append(' ')
                    .append(s.durable).append('\n');
        }
        retired.forEach(number -> text.append("retired ").append(number).append('\n'));
        return text.toString();
    }

    private static Manifest parse(String text) throws BadRecordException {
        if (!text.startsWith(FORMAT + "\n")) {
            String first = text.lines().findFirst().orElse("");
            if (newer(first) && !proven(FORMAT + text.substring(first.length()))) {
                throw new NewerFormatException(first);
            }
            throw new BadRecordException("MANIFEST starts with '" + Logger.escaped(first, SHOWN)
                    + "', this version reads '" + FORMAT + "'");
        }
        if (!proven(text)) {
            throw new BadRecordException("checksum of MANIFEST");
        }
        int end = text.lastIndexOf(CRC);
        return fields(text.substring(0, end).lines().skip(1).map(line -> line.split(" ")).toList());
    }

    /** Whether a first line names another format; a damaged line of ours has our checksum below it. */
    private static boolean newer(String first) {
        int end = first.indexOf(' ', PREFIX.length());
        String number = first.startsWith(PREFIX) ? first.substring(PREFIX.length(),
                end < 0 ? first.length() : end) : "";
        return !number.isEmpty() && number.length() < 10
                && number.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean proven(String text) {
        int end = text.lastIndexOf(CRC);
        return end >= 0 && text.substring(end + CRC.length()).strip().equals(
                Integer.toHexString(Checksum.ofKey(text.substring(0, end).getBytes(StandardCharsets.UTF_8))));
    }

    private static Manifest fields(List<String[]> lines) throws BadRecordException {
        List<Boot> boots = new ArrayList<>();
        List<LiveSegment> segments = new ArrayList<>();
        List<Integer> retired = new ArrayList<>();
        try {
            for (String[] f : lines.subList(1, lines.size())) {
                switch (f[0]) {
                    case "boot" -> boots.add(new Boot(Long.parseLong(f[1]), Long.parseLong(f[2])));
                    case "segment" -> segments.add(new LiveSegment(Integer.parseInt(f[1]),
                            Long.parseUnsignedLong(f[2], 16), Integer.parseInt(f[3])));
                    case "retired" -> retired.add(Integer.parseInt(f[1]));
                    default -> throw new NewerFormatException("");
                }
            }
            String[] origin = lines.get(0);
            return new Manifest(UUID.fromString(origin[1]), Long.parseLong(origin[2]), List.copyOf(boots),
                    List.copyOf(segments), List.copyOf(retired));
        } catch (RuntimeException e) {
            throw new BadRecordException("MANIFEST: " + FailureText.text(e));
        }
    }
}
