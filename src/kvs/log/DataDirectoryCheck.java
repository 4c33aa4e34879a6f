package kvs.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.Logger;

/**
 * Decides before anything in a directory is touched whose it is: ours, that of a newer version, or that of
 * another program, which must not find our files among its own. Messages show foreign names and texts escaped
 * and cut.
 */
public final class DataDirectoryCheck {

    /**
     * Files of an interrupted start that has no MANIFEST yet, and files that an operator puts there before
     * the first start.
     */
    private static final Set<String> EARLY = Set.of(DataFileNames.LOCK, Manifest.TEMPORARY,
            StagingDirectory.NAME, DiskReserve.NAME, DiskReserve.NAME + ".tmp",
            "cluster.secret", "admin.token", "node.url", "config.yaml");
    private static final Set<String> EARLY_DIRECTORIES = Set.of("tamper", "backups", "lost+found");
    /** The ending of the names of files that are being written. */
    private static final String FRESH = ".new";
    private static final int NAMES_SHOWN = 3;
    private static final int TEXT_SHOWN = 60;
    private static final int MAGIC_BYTES = 8;

    private DataDirectoryCheck() { }

    /**
     * Refuses a directory that is not ours, or of a newer version.
     *
     * @param known names of files and directories beside ours that the settings mention
     */
    public static void check(Disk disk, Set<String> known) throws IOException, UnusableDirectoryException {
        checkManifest(disk);
        List<String> files = disk.list();
        if (files.contains(Manifest.NAME) || files.contains(StagingDirectory.NAME)) {
            return;
        }
        List<String> foreignFiles = new ArrayList<>();
        for (String name : files) {
            boolean early = EARLY.contains(name) || known.contains(name) || name.startsWith(".")
                    || name.endsWith(FRESH) || ours(disk, name);
            if (!early) {
                foreignFiles.add(name);
            }
        }
        disk.directories().stream().filter(name -> !EARLY_DIRECTORIES.contains(name) && !known.contains(name)
                && !name.startsWith(".")).forEach(foreignFiles::add);
        if (!foreignFiles.isEmpty()) {
            String names = String.join(", ",
                    foreignFiles.stream().limit(NAMES_SHOWN).map(DataDirectoryCheck::shown).toList());
            throw foreign(disk, "it contains " + names + (foreignFiles.size() > NAMES_SHOWN
                    ? " and " + (foreignFiles.size() - NAMES_SHOWN) + " more" : ""));
        }
    }

    /** The same check of the MANIFEST alone; a damaged directory of ours is left to the recovery. */
    public static void checkManifest(Disk disk) throws IOException, UnusableDirectoryException {
        List<String> files = disk.list();
        if (!files.contains(Manifest.NAME)) {
            return;
        }
        try {
            Manifest.load(disk);
        } catch (Manifest.NewerFormatException e) {
            throw newer(disk, e);
        } catch (BadRecordException e) {
            String start = start(disk, Manifest.NAME, TEXT_SHOWN);
            boolean log = false;
            for (String name : files) {
                log |= ours(disk, name);
            }
            if (!log && !start.startsWith(Manifest.PREFIX)) {
                throw foreign(disk, "its " + Manifest.NAME + " begins with "
                        + shown(start.lines().findFirst().orElse("")));
            }
        }
    }

    /** The refusal of a directory that a newer version wrote. */
    public static UnusableDirectoryException newer(Disk disk, Manifest.NewerFormatException found) {
        return UnusableDirectoryException.newer(disk.where()
                + " was written by a newer version of KVS: start " + found.needs() + ". Nothing was"
                + " changed. To return to this version, export there, and import into an empty directory"
                + " here");
    }

    private static UnusableDirectoryException foreign(Disk disk, String why) {
        return new UnusableDirectoryException(disk.where() + " is not a data directory of KVS: " + why
                + ". Nothing was changed. Choose another data_dir, which is empty or does not exist;"
                + " java -jar kvs.jar docs moving describes the move from the original");
    }

    /** Whether a process has the directory open at this moment. */
    public static boolean inUse(Disk disk) throws IOException {
        if (!disk.list().contains(DataFileNames.LOCK)) {
            return false;
        }
        Optional<Closeable> free = DiskReserve.lock(disk);
        if (free.isPresent()) {
            free.get().close();
        }
        return free.isEmpty();
    }

    private static boolean ours(Disk disk, String name) throws IOException {
        if (DataFileNames.segmentNumber(name).isEmpty() && DataFileNames.checkpointNumber(name).isEmpty()) {
            return false;
        }
        String magic = start(disk, name, MAGIC_BYTES);
        return magic.isEmpty() || magic.startsWith("KVS") || magic.charAt(0) == 0;
    }

    private static String start(Disk disk, String name, int most) throws IOException {
        try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(most);
            int count = file.read(bytes, 0);
            return new String(bytes.array(), 0, count, StandardCharsets.UTF_8);
        }
    }

    private static String shown(String text) {
        return "'" + Logger.escaped(text, TEXT_SHOWN) + "'";
    }
}
