package kvs.client;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kvs.world.Disk;
import kvs.world.TextFiles;

/**
 * The nodes that run on this machine, for commands that received none of the environment variables with which
 * a node was started. Each node notes its data directory in a file of its user, {@code ~/.kvs/nodes}; the
 * unit of systemd has a directory of its own, {@value #UNIT}. While a node serves, its directory contains its
 * URL and the path of its certificate.
 */
public final class LocalNodes {

    /** The data directory of {@code conf/kvs.service}. */
    static final String UNIT = "/var/lib/kvs";
    /** The file in the data directory with the URL of the node, for the command line on the same machine. */
    public static final String URL_FILE = "node.url";
    /** The file in the data directory with the path of the certificate of the node, if it serves https. */
    static final String CERTIFICATE_FILE = "node.cert";
    private static final int DIRECTORIES_MAX = 32;

    private final TextFiles files;
    private final String home;

    /** The nodes that the user with that home can find. */
    public LocalNodes(TextFiles files, String home) {
        this.files = files;
        this.home = home;
    }

    /**
     * Writes the URL and the path of the certificate of a node into its directory, and notes the directory.
     */
    public void publishUrl(String directory, String url, Optional<String> certificate) throws IOException {
        if (certificate.isPresent()) {
            files.replace(directory + "/" + CERTIFICATE_FILE, certificate.get() + "\n");
        }
        files.replace(directory + "/" + URL_FILE, url + "\n");
        note(directory);
    }

    /**
     * Deletes the notes of a former run: another process may listen at that address now, so while no node has
     * the directory open, the files must not exist.
     */
    public static void withdrawUrl(Disk data) throws IOException {
        for (String name : List.of(URL_FILE, CERTIFICATE_FILE)) {
            if (data.list().contains(name)) {
                data.delete(name);
            }
        }
    }

    /**
     * Notes a data directory. Two nodes that do so at the same moment may lose one note; the next start of
     * that node repeats it.
     */
    void note(String directory) throws IOException {
        if (!files.ownDirectory(home)) {
            return;
        }
        Set<String> noted = new LinkedHashSet<>(noted());
        if (noted.add(directory)) {
            List<String> lines = new ArrayList<>(noted);
            files.replace(file(), String.join("\n",
                    lines.subList(Math.max(0, lines.size() - DIRECTORIES_MAX), lines.size())) + "\n");
        }
    }

    /** The data directories of nodes that are marked as serving. */
    public List<String> serving() throws IOException {
        List<String> all = new ArrayList<>(noted());
        if (!all.contains(UNIT)) {
            all.add(UNIT);
        }
        return all.stream().filter(directory -> text(directory + "/" + URL_FILE).isPresent()).toList();
    }

    /**
     * The data directory of the only serving node, for settings whose own directory does not exist; its use
     * is printed to {@code out}.
     *
     * @throws IOException if no node, or more than one, is serving; the message says how to name one
     */
    public String only(Path missing, PrintStream out) throws IOException {
        List<String> serving = serving();
        String way = ": name the config file of the node, or its directory by KVS_DATA_DIR";
        if (serving.size() > 1) {
            throw new IOException("there is no data directory " + missing
                    + ", and several nodes run on this machine, in " + String.join(" and ", serving) + way);
        }
        if (serving.isEmpty()) {
            throw new IOException("there is no data directory " + missing
                    + ", and no running node was found on this machine" + way + ", or start it once");
        }
        out.println("there is no data directory " + missing + ", so this command uses the node in "
                + serving.get(0));
        return serving.get(0);
    }

    /**
     * The certificate of the node in a directory: from the path that the node noted, or else from the one of
     * the settings, which is empty for none.
     */
    public static String certificate(TextFiles files, String directory, String configured)
            throws IOException {
        String path = files.text(directory + "/" + CERTIFICATE_FILE).map(String::strip)
                .orElse(configured);
        return files.text(path).orElseThrow(() -> new IOException("the node in " + directory
                + " uses https, and its certificate was not found" + (path.isEmpty() ? "" : " at " + path)
                + ": name the config file of the node, or the certificate by KVS_TLS_CERT"));
    }

    private List<String> noted() throws IOException {
        return files.ownDirectory(home) ? files.text(file()).stream().flatMap(String::lines)
                .filter(line -> line.startsWith("/")).toList() : List.of();
    }

    private String file() {
        return home + "/.kvs/nodes";
    }

    /** A file that this user may not read counts as missing. */
    private Optional<String> text(String path) {
        try {
            return files.text(path);
        } catch (IOException closed) {
            return Optional.empty();
        }
    }
}
