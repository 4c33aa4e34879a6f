package kvs.cli.programs;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import kvs.world.FileTree;

/**
 * The directory {@code .kvs-mirror/new}, in which documents become whole and durable files before they get
 * their names. What an earlier run has left there is removed. One thread.
 */
final class StagingArea {

    private static final String DIRECTORY = MirrorFileNames.OWN + "/new";

    private final FileTree tree;
    private long last;

    /**
     * A document that is to be a file.
     *
     * @param digest the digest of its content
     * @param temporary its staged file; empty when the file of the key holds it already
     */
    record Content(String digest, String temporary) {

        /** The content of a file that is there. */
        static Content inPlace(String digest) {
            return new Content(digest, "");
        }

        boolean isStaged() {
            return !temporary.isEmpty();
        }
    }

    /** The area of a tree, empty. */
    StagingArea(FileTree tree) throws IOException {
        this.tree = tree;
        if (tree.kind(DIRECTORY) == FileTree.Kind.ABSENT) {
            tree.makeDirectory(DIRECTORY);
        }
        for (String name : tree.list(DIRECTORY)) {
            tree.delete(DIRECTORY + "/" + name);
        }
    }

    /** Makes a file with the mode of {@code like}, if that exists. */
    Content stage(byte[] bytes, String like) throws IOException {
        String temporary = DIRECTORY + "/" + ++last;
        tree.write(temporary, bytes, like.isEmpty() ? temporary : like);
        return new Content(digest(bytes), temporary);
    }

    /** Removes a document that is not wanted any more. */
    void drop(Content content) throws IOException {
        if (content.isStaged()) {
            tree.delete(content.temporary);
        }
    }

    /** The digest of a content, hexadecimal; empty for none. */
    static String digest(Optional<byte[]> bytes) {
        return bytes.isEmpty() ? "" : digest(bytes.get());
    }

    /** The digest of a content, hexadecimal. */
    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
