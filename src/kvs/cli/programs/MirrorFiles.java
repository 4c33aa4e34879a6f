package kvs.cli.programs;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.world.FileTree;

/**
 * The files of a mirror, and the steps from one set of them to the next:
 * <pre>
 *   stage      each new document becomes a whole, durable file in .kvs-mirror/new
 *   plan       the state says which files are to come; .kvs-mirror/due says that the command is to run
 *   change     files that are not wanted go, empty directories of ours too; staged files get their names
 *   done       the state says what is there
 * </pre>
 * Each run compares everything first, and knows which files are ours after a crash in any of these. A file
 * that the state does not know is foreign: it stays, and its key has no file. One thread.
 */
final class MirrorFiles implements AutoCloseable {

    private static final String LOCK = MirrorFileNames.OWN + "/lock";
    private static final String DUE = MirrorFileNames.OWN + "/due";

    private final FileTree tree;
    private final MirrorState made;
    private final Closeable lock;
    private final StagingArea staging;
    /** Our files by path, with the digest of what they hold. */
    private final Map<String, String> owned = new TreeMap<>();
    /** The path of each key that has a file. */
    private final Map<String, String> paths = new TreeMap<>();
    private final TreeSet<String> directories = new TreeSet<>();
    /** The digest of each document that has no file. */
    private final Map<String, String> refused = new TreeMap<>();

    /** A file that was changed: the key, its path, and whether it was written or deleted. */
    record Done(String key, String path, boolean written) { }

    /** The result of a step: files that were changed, and keys that can have no file, with the reason. */
    record Step(List<Done> done, Map<String, String> refused) { }

    private MirrorFiles(FileTree tree, MirrorState made, Closeable lock) throws IOException {
        this.tree = tree;
        this.made = made;
        this.lock = lock;
        this.staging = new StagingArea(tree);
    }

    /** Opens a directory for the keys below a prefix. */
    static MirrorFiles open(FileTree tree, String prefix) throws IOException, CommandException {
        Optional<Closeable> lock = tree.lock(LOCK);
        if (lock.isEmpty()) {
            throw new CommandException(ExitStatus.FAILED, "nothing was mirrored: another 'kvs mirror' writes"
                    + " to " + tree.where() + ". Stop it, or name another directory");
        }
        try {
            MirrorState state = MirrorState.load(tree, prefix);
            MirrorFiles files = new MirrorFiles(tree, state, lock.get());
            files.load();
            return files;
        } catch (IOException | CommandException e) {
            lock.get().close();
            throw e;
        }
    }

    /** Compares the state with the files. */
    private void load() throws IOException {
        for (Map.Entry<String, MirrorState.OwnFile> file : made.files().entrySet()) {
            String path = file.getKey();
            String digest = StagingArea.digest(tree.read(path));
            boolean ours = !file.getValue().digest().isEmpty() || digest.equals(file.getValue().next());
            if (ours && tree.kind(path) == FileTree.Kind.FILE) {
                owned.put(path, digest);
                paths.put(file.getValue().key(), path);
            }
        }
        directories.addAll(made.directories());
    }

    /** Makes a document durable, without changing any file. */
    StagingArea.Content stage(String key, byte[] bytes) throws IOException {
        String digest = StagingArea.digest(bytes);
        String path = paths.getOrDefault(key, "");
        return digest.equals(owned.get(path)) ? StagingArea.Content.inPlace(digest)
                : staging.stage(bytes, path);
    }

    /** Removes a staged document that is not wanted any more. */
    void drop(StagingArea.Content content) throws IOException {
        staging.drop(content);
    }

    /** Whether the command is still to run for what the files hold. */
    boolean isDue() throws IOException {
        return tree.kind(DUE) == FileTree.Kind.FILE;
    }

    /** Says durably whether the command is still to run. */
    void due(boolean due) throws IOException {
        if (due && !isDue()) {
            tree.write(DUE, new byte[0], DUE);
        } else if (!due) {
            tree.delete(DUE);
        }
        tree.force(MirrorFileNames.OWN);
    }

    /** Whether a step to these documents would change a file. */
    boolean differs(NavigableMap<String, StagingArea.Content> documents) {
        for (Map.Entry<String, StagingArea.Content> document : documents.entrySet()) {
            boolean known = document.getValue().digest().equals(refused.get(document.getKey()))
                    || !document.getValue().isStaged() && paths.containsKey(document.getKey());
            if (!known) {
                return true;
            }
        }
        return documents.size() != paths.size() + refused.size();
    }

    /**
     * Changes the files to these documents, all of them, whose temporary files are used up.
     *
     * @param between runs when the files are changed, before the step is done
     */
    Step apply(NavigableMap<String, StagingArea.Content> documents, Between between) throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        NavigableMap<String, String> wanted = wanted(documents, reasons);
        relocate(documents, wanted);
        save(planned(documents, wanted));
        due(true);
        List<Done> done = new ArrayList<>(remove(wanted));
        for (Map.Entry<String, String> want : wanted.entrySet()) {
            write(want.getKey(), want.getValue(), documents, new Step(done, reasons));
        }
        forceParents(done);
        between.run();
        Map<String, MirrorState.OwnFile> files = new TreeMap<>();
        paths.clear();
        owned.forEach((path, digest) -> {
            paths.put(wanted.get(path), path);
            files.put(path, new MirrorState.OwnFile(wanted.get(path), digest, ""));
        });
        refused.clear();
        reasons.keySet().forEach(key -> refused.put(key, documents.get(key).digest()));
        save(files);
        return new Step(done, reasons);
    }

    /** Work in the middle of a step. */
    interface Between {

        void run() throws IOException;
    }

    /** The wanted paths with their keys; keys that can have no file are left out. */
    private NavigableMap<String, String> wanted(NavigableMap<String, StagingArea.Content> documents,
            Map<String, String> reasons) throws IOException {
        Map<String, String> names = MirrorFileNames.of(documents.navigableKeySet());
        NavigableMap<String, String> wanted = new TreeMap<>();
        for (String key : documents.keySet()) {
            String path = names.getOrDefault(key, "");
            Optional<String> reason = path.isEmpty() ? Optional.of("a part of it is too long for a file name")
                    : obstacle(path);
            if (reason.isPresent()) {
                reasons.put(key, reason.get());
            } else {
                wanted.put(path, key);
            }
        }
        return wanted;
    }

    /** The reason for which a path cannot be ours; empty for one that can. */
    private Optional<String> obstacle(String path) throws IOException {
        if (owned.containsKey(path)) {
            return Optional.empty();
        }
        for (String at = MirrorFileNames.parent(path); !at.isEmpty(); at = MirrorFileNames.parent(at)) {
            FileTree.Kind kind = tree.kind(at);
            if (kind == FileTree.Kind.OTHER || kind == FileTree.Kind.FILE && !owned.containsKey(at)) {
                return Optional.of(foreign(at));
            }
        }
        FileTree.Kind kind = tree.kind(path);
        boolean free = kind == FileTree.Kind.ABSENT
                || kind == FileTree.Kind.DIRECTORY && directories.contains(path);
        return free ? Optional.empty() : Optional.of(foreign(path));
    }

    private String foreign(String path) {
        return tree.where() + "/" + path + " is not of this mirror, or cannot be a file here: it was left"
                + " alone. Remove it, or mirror to another directory";
    }

    /** Stages the content of files that get another path because their key is, or was, also a prefix. */
    private void relocate(NavigableMap<String, StagingArea.Content> documents, Map<String, String> wanted)
            throws IOException {
        for (Map.Entry<String, String> want : wanted.entrySet()) {
            String path = want.getKey();
            String before = paths.getOrDefault(want.getValue(), path);
            boolean same = !documents.get(want.getValue()).isStaged();
            Optional<byte[]> bytes = same && !before.equals(path) ? tree.read(before) : Optional.empty();
            if (bytes.isPresent()) {
                documents.put(want.getValue(), staging.stage(bytes.get(), before));
            }
        }
    }

    private Map<String, MirrorState.OwnFile> planned(NavigableMap<String, StagingArea.Content> documents,
            Map<String, String> wanted) throws IOException {
        Map<String, MirrorState.OwnFile> files = new TreeMap<>();
        Map<String, String> keys = keys();
        owned.forEach((path, digest) -> files.put(path, new MirrorState.OwnFile(keys.getOrDefault(path, ""),
                digest.isEmpty() ? "?" : digest, "")));
        for (Map.Entry<String, String> want : wanted.entrySet()) {
            String path = want.getKey();
            StagingArea.Content content = documents.get(want.getValue());
            if (content.isStaged()) {
                Optional<MirrorState.OwnFile> now = Optional.ofNullable(files.get(path));
                files.put(path, new MirrorState.OwnFile(want.getValue(),
                        now.map(MirrorState.OwnFile::digest).orElse(""), content.digest()));
                addParents(path);
            }
        }
        return files;
    }

    /** The keys of our files by their paths. */
    private Map<String, String> keys() {
        Map<String, String> keys = new TreeMap<>();
        paths.forEach((key, path) -> keys.put(path, key));
        return keys;
    }

    /** Notes the directories that are to be made for a file. */
    private void addParents(String path) throws IOException {
        for (String at = MirrorFileNames.parent(path); !at.isEmpty(); at = MirrorFileNames.parent(at)) {
            if (!directories.contains(at) && tree.kind(at) != FileTree.Kind.DIRECTORY) {
                directories.add(at);
            }
        }
    }

    private void save(Map<String, MirrorState.OwnFile> files) throws IOException {
        new MirrorState(made.prefix(), files, directories).save(tree);
    }

    /** Removes our files that are not wanted, and then our directories that are empty. */
    private List<Done> remove(NavigableMap<String, String> wanted) throws IOException {
        List<Done> removed = new ArrayList<>();
        Map<String, String> keys = keys();
        for (String path : owned.keySet()) {
            if (!wanted.containsKey(path)) {
                tree.delete(path);
                removed.add(new Done(keys.getOrDefault(path, ""), path, false));
            }
        }
        owned.keySet().retainAll(wanted.keySet());
        for (String directory : new ArrayList<>(directories.descendingSet())) {
            String below = directory + "/";
            String next = wanted.ceilingKey(below);
            if (next == null || !next.startsWith(below)) {
                tree.deleteDirectory(directory);
                directories.remove(directory);
            }
        }
        return removed;
    }

    private void write(String path, String key, NavigableMap<String, StagingArea.Content> documents,
            Step step) throws IOException {
        StagingArea.Content content = documents.get(key);
        if (!content.isStaged()) {
            return;
        }
        makeParents(path);
        boolean ours = owned.containsKey(path);
        if (ours) {
            tree.replace(content.temporary(), path);
        } else if (!tree.move(content.temporary(), path)) {
            step.refused.put(key, foreign(path));
            return;
        }
        owned.put(path, content.digest());
        step.done.add(new Done(key, path, true));
        documents.put(key, StagingArea.Content.inPlace(content.digest()));
    }

    private void makeParents(String path) throws IOException {
        String parent = MirrorFileNames.parent(path);
        if (!parent.isEmpty() && tree.kind(parent) == FileTree.Kind.ABSENT) {
            makeParents(parent);
            tree.makeDirectory(parent);
            tree.force(MirrorFileNames.parent(parent));
        }
    }

    private void forceParents(List<Done> done) throws IOException {
        TreeSet<String> parents = new TreeSet<>();
        for (Done one : done) {
            String parent = MirrorFileNames.parent(one.path);
            while (!parent.isEmpty() && tree.kind(parent) != FileTree.Kind.DIRECTORY) {
                parent = MirrorFileNames.parent(parent);
            }
            parents.add(parent);
        }
        for (String parent : parents) {
            tree.force(parent);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
