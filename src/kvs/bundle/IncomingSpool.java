package kvs.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import kvs.world.FileTree;

/**
 * A directory into which something else puts the files of partners. Each is taken once, and then lies in
 * {@value #DONE}, or in {@value #REFUSED} beside a {@code .txt} with the reason. A file that needs another
 * one, or that this site cannot take now, stays where it is.
 *
 * <p>Only names that end with {@code .bundle} or {@code .receipt} count, and none that begins with a dot: a
 * program that puts files here must give them their names when they are complete. A damaged file is refused
 * only when it has the same size in the next round, because it may still be written. The names in both
 * directories are bounded; the first ones in their order are deleted.
 *
 * <p>A power cut between the merge and the move makes the file come again, with nothing new. One thread.
 */
public final class IncomingSpool {

    /** The directory of files that were taken. */
    public static final String DONE = "done";
    /** The directory of files that were refused. */
    public static final String REFUSED = "refused";
    /** The most files that are looked at in a round. */
    static final int ROUND_MAX = 1_000;
    /** The rounds after which files that wait are tried again although none has come. */
    static final int RETRY_ROUNDS = 30;
    private static final String REASON = ".txt";

    private final FileTree tree;
    private final int keep;
    private final Consumer<String> say;
    private final TreeMap<String, String> waiting = new TreeMap<>();
    private final Map<String, Long> damaged = new TreeMap<>();
    /** The size, and the time in the head, of each file of the present round when it began. */
    private final Map<String, List<Long>> seen = new TreeMap<>();
    private int idleRounds;
    /** The last waiting file that was tried. */
    private String lastTried = "";

    /** The door to the site that takes the files, and to their sizes. */
    public interface SizedFileTaker extends MergeSeries.FileTaker {

        /** The size of a file, bytes. */
        long size(String file) throws IOException;
    }

    /**
     * A directory.
     *
     * @param keep the most files that are kept in {@value #DONE}, and in {@value #REFUSED}
     * @param say receives each result once, as a line for people
     */
    public IncomingSpool(FileTree tree, int keep, Consumer<String> say) {
        this.tree = tree;
        this.keep = keep;
        this.say = say;
    }

    /**
     * The files to try in this round: those that have come, and then those that wait, in turn, so that none
     * keeps another one from its place; empty when nothing has come.
     */
    public List<String> arrived() throws IOException {
        Set<String> files = new LinkedHashSet<>();
        for (String name : tree.list("")) {
            // Never a pipe, which would block, nor a link to what lies elsewhere.
            if (isFile(name) && tree.kind(name) == FileTree.Kind.FILE) {
                files.add(name);
            }
        }
        waiting.keySet().retainAll(files);
        damaged.keySet().retainAll(files);
        files.removeAll(waiting.keySet());
        idleRounds = files.isEmpty() ? idleRounds + 1 : 0;
        if (idleRounds % RETRY_ROUNDS != 0) {
            return List.of();
        }
        List<String> tried = new ArrayList<>(files.stream().limit(ROUND_MAX).toList());
        Stream.concat(waiting.tailMap(lastTried, false).keySet().stream(),
                waiting.headMap(lastTried, true).keySet().stream()).limit(ROUND_MAX - tried.size())
                .forEach(file -> {
                    tried.add(file);
                    lastTried = file;
                });
        return tried;
    }

    private static boolean isFile(String name) {
        return !name.startsWith(".") && (name.endsWith(".bundle") || name.endsWith(".receipt"));
    }

    /**
     * Takes these files, and puts away those that were taken or refused. One that somebody has replaced
     * meanwhile stays for the next round.
     */
    public void take(List<String> files, SizedFileTaker taker) throws IOException {
        seen.clear();
        for (String file : files) {
            seen.put(file, identity(file, taker));
        }
        new MergeSeries(taker, (file, result) -> result(file, result, taker)).run(files);
        prune(DONE);
        prune(REFUSED);
    }

    /** Empty for one that cannot be read, or that somebody has removed: it keeps no other one waiting. */
    private static List<Long> identity(String file, SizedFileTaker taker) {
        try {
            return List.of(taker.size(file), taker.madeMs(file));
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private void result(String file, FileResult result, SizedFileTaker taker) throws IOException {
        if (!identity(file, taker).equals(seen.get(file))) {
            return;
        }
        switch (result.verdict()) {
            case MERGED, NOTHING_NEW, RECEIPT_TAKEN -> {
                say.accept(file + ": " + result.sentence());
                putAway(file, DONE);
            }
            case LATE, PUT_BACK, FOREIGN, NEWER -> refuse(file, result);
            case DAMAGED -> {
                long size = taker.size(file);
                Long before = damaged.put(file, size);
                if (before != null && before == size) {
                    refuse(file, result);
                }
            }
            case INCOMPLETE, INTERRUPTED, UNABLE, MISSING, CLOCK_AHEAD -> {
                if (!result.sentence().equals(waiting.put(file, result.sentence()))) {
                    say.accept(file + " waits: " + result.sentence());
                }
            }
            case SOUND -> throw new AssertionError(file);
        }
    }

    private void refuse(String file, FileResult result) throws IOException {
        makeDirectory(REFUSED);
        String reason = REFUSED + "/" + file + REASON;
        if (isPossible(reason)) {
            tree.write(reason, (result.sentence() + "\n").getBytes(StandardCharsets.UTF_8), file);
        }
        putAway(file, REFUSED);
        say.accept(file + " is refused: " + result.sentence());
    }

    /** Whether a file can have that name: one of the longest has no place for the end of its reason. */
    private boolean isPossible(String path) throws IOException {
        return tree.kind(path) != FileTree.Kind.OTHER;
    }

    /** Moves a file, in the place of an older one of that name. */
    private void putAway(String file, String directory) throws IOException {
        makeDirectory(directory);
        tree.replace(file, directory + "/" + file);
        tree.force(directory);
        tree.force("");
        waiting.remove(file);
        damaged.remove(file);
    }

    private void makeDirectory(String directory) throws IOException {
        if (tree.kind(directory) == FileTree.Kind.ABSENT) {
            tree.makeDirectory(directory);
            tree.force("");
        }
    }

    private void prune(String directory) throws IOException {
        if (tree.kind(directory) != FileTree.Kind.DIRECTORY) {
            return;
        }
        List<String> files = new ArrayList<>(tree.list(directory));
        files.removeIf(file -> file.endsWith(REASON));
        for (String file : files.subList(0, Math.max(0, files.size() - keep))) {
            tree.delete(directory + "/" + file);
            if (isPossible(directory + "/" + file + REASON)) {
                tree.delete(directory + "/" + file + REASON);
            }
        }
    }
}
