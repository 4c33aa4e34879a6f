package kvs.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The directory of the backups of a node, which other nodes may share. Files without a name of this node are
 * never removed.
 *
 * <p>{@link #list} and {@link #lastMs} are thread-safe; the rest belongs to the thread that makes the
 * backups.
 */
public final class BackupDirectory {

    private static final long SECOND_MS = 1_000;
    /** The number of backups in a list, the newest. */
    private static final int LISTED_MAX = 1_000;

    private final DirectoryOpener opener;
    private final BackupFileNames names;
    private final Logger log;
    private volatile long lastMs;

    /** Opens the directory of the backups when it is needed. */
    @FunctionalInterface
    public interface DirectoryOpener {

        /** The directory. */
        Disk open() throws IOException;
    }

    /** A backup in the directory: its name, its time, Unix ms, and its unchecked summary. */
    public record ListedBackup(String name, long madeMs, BackupFileSummary glance) { }

    /** The backups of {@code node} in the directory that {@code opener} opens. */
    BackupDirectory(DirectoryOpener opener, String node, Logger log) {
        this.opener = opener;
        this.names = new BackupFileNames(node);
        this.log = log;
    }

    /** The directory itself. */
    Disk open() throws IOException {
        return opener.open();
    }

    /** The backups of all nodes in the directory, the newest first. */
    List<ListedBackup> list() throws IOException {
        Disk disk = opener.open();
        List<String> found = new ArrayList<>(disk.list().stream()
                .filter(name -> BackupFileNames.made(name).isPresent()).toList());
        found.sort((a, b) ->
                Long.compare(BackupFileNames.made(b).orElseThrow(), BackupFileNames.made(a).orElseThrow()));
        List<ListedBackup> listed = new ArrayList<>();
        for (String name : found.subList(0, Math.min(LISTED_MAX, found.size()))) {
            listed.add(new ListedBackup(name, BackupFileNames.made(name).orElseThrow(),
                    BackupFileSummary.of(disk, name)));
        }
        return listed;
    }

    /** The time of the last backup of this node, Unix ms, 0 for none that is known. */
    long lastMs() {
        return lastMs;
    }

    /** Finds the last backup in the directory, and removes the leftovers of a crash. */
    void look() throws IOException {
        Disk disk = opener.open();
        for (String name : disk.list()) {
            String ending = BackupFileWriter.TEMPORARY;
            if (name.endsWith(ending)
                    && names.own(name.substring(0, name.length() - ending.length())).isPresent()) {
                disk.delete(name);
            }
            lastMs = Math.max(lastMs, names.own(name).orElse(0L));
        }
    }

    /** The name of a backup that begins at {@code nowMs}: of that second, or of the next one that is free. */
    String freeName(Disk disk, long nowMs) throws IOException {
        List<String> taken = disk.list();
        long at = nowMs;
        while (taken.contains(names.of(at))) {
            at += SECOND_MS;
        }
        return names.of(at);
    }

    /** A backup is complete. */
    void added(BackupWriter.FinishedBackup made) {
        lastMs = made.madeMs();
    }

    /**
     * Removes backups of this node that are older than {@code untilMs}, whose retention has ended; none when
     * the previous backup is as old as that: the node was off for long, or its clock is wrong, and the next
     * backup shows which.
     */
    void retire(BackupWriter.FinishedBackup newest, long untilMs) {
        try {
            Disk disk = opener.open();
            if (disk.list().stream().filter(name -> !name.equals(newest.name()))
                    .flatMap(name -> names.own(name).stream()).noneMatch(made -> made >= untilMs)) {
                return;
            }
            for (String name : disk.list()) {
                if (!name.equals(newest.name())
                        && names.own(name).filter(made -> made < untilMs).isPresent()) {
                    disk.delete(name);
                    log.info("old backup removed", "file", name);
                }
            }
        } catch (IOException e) {
            log.warn("old backups could not be removed", "why", FailureText.text(e));
        }
    }
}
