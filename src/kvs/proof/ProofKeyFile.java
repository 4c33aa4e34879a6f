package kvs.proof;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import kvs.world.FailureText;
import kvs.world.TextFiles;

/**
 * The file of the key with which a node signs proofs, in its data directory. Thread-safe, and safe against
 * other processes that ask for the key of the same directory.
 *
 * @param files the door to files
 * @param directory the data directory
 */
public record ProofKeyFile(TextFiles files, String directory) {

    /** The key; the first call makes it. */
    public ProofKey key() throws IOException {
        String file = Path.of(directory, ProofKey.FILE).toString();
        Optional<String> text = files.secret(file);
        if (text.isEmpty()) {
            ProofKey made = ProofKey.generate();
            if (files.create(file, made.encode())) {
                return made;
            }
            text = files.secret(file);
        }
        try {
            return ProofKey.decode(text.orElseThrow(() -> new IOException(file + " cannot be read")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no key of proofs: " + FailureText.text(e) + ". Put the right"
                    + " one back, or remove it: the next proof makes a new one, whose words must be compared"
                    + " again", e);
        }
    }
}
