package kvs.cli.programs;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.world.FileTree;

/** A tree of files whose process is killed before the operation with a certain number changes anything. */
final class FaultyFileTree implements FileTree {

    private final FileTree tree;
    private final Runnable beforeMove;
    private int left;

    FaultyFileTree(FileTree tree, int operations) {
        this(tree, operations, () -> { });
    }

    /** The same; something happens just before each file gets a new name. */
    FaultyFileTree(FileTree tree, int operations, Runnable beforeMove) {
        this.tree = tree;
        this.left = operations;
        this.beforeMove = beforeMove;
    }

    private void change() throws IOException {
        if (left-- == 0) {
            throw new IOException("the process is killed");
        }
    }

    @Override
    public String where() {
        return tree.where();
    }

    @Override
    public Kind kind(String path) throws IOException {
        return tree.kind(path);
    }

    @Override
    public List<String> list(String path) throws IOException {
        return tree.list(path);
    }

    @Override
    public Optional<byte[]> read(String path) throws IOException {
        return tree.read(path);
    }

    @Override
    public void write(String path, byte[] bytes, String like) throws IOException {
        if (left == 0) {
            tree.write(path, new byte[bytes.length / 2], like);
        }
        change();
        tree.write(path, bytes, like);
    }

    @Override
    public void replace(String from, String to) throws IOException {
        change();
        tree.replace(from, to);
    }

    @Override
    public boolean move(String from, String to) throws IOException {
        change();
        beforeMove.run();
        return tree.move(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        change();
        tree.delete(path);
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        change();
        tree.makeDirectory(path);
    }

    @Override
    public void deleteDirectory(String path) throws IOException {
        change();
        tree.deleteDirectory(path);
    }

    @Override
    public void force(String path) throws IOException {
        change();
        tree.force(path);
    }

    @Override
    public Optional<Closeable> lock(String path) throws IOException {
        return tree.lock(path);
    }
}
