package kvs.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import kvs.world.Dice;
import kvs.world.TextFiles;

/**
 * Finds the secret that all nodes of a cluster share: every signing key is derived from it. The loader
 * searches the settings, then files; if there is none, it makes one, readable by the owner only. The secret
 * is never kept in the store or a backup.
 */
public final class ClusterSecretLoader {

    /** Name of the file. */
    public static final String NAME = "cluster.secret";
    /** The source of a secret that is in no file. */
    public static final String MEMORY = "memory, because the disk has no space for its file";
    private static final int LENGTH_MIN = 32;
    private static final int SECRETS_MAX = 4;
    private static final int WORDS = 4;

    private final TextFiles files;
    private final Dice dice;

    /**
     * The places to search, in this order.
     *
     * @param configured {@code cluster_secret}
     * @param file {@code cluster_secret_file}, empty for none
     * @param credentials {@code $CREDENTIALS_DIRECTORY}, in which systemd passes secrets
     * @param home home of the user; Java gives {@code ?} for users that the system does not know
     * @param dataDirectory data directory of this node
     */
    public record SecretSources(List<String> configured, String file, Optional<String> credentials,
            String home, String dataDirectory) { }

    /**
     * The secrets that were found, and their source.
     *
     * @param secrets the first signs, all verify
     * @param from source, in words for people
     */
    public record LoadedSecrets(List<byte[]> secrets, String from) { }

    /** A loader that searches {@code files}; a new secret comes from {@code dice}. */
    public ClusterSecretLoader(TextFiles files, Dice dice) {
        this.files = files;
        this.dice = dice;
    }

    /**
     * The secret, created if there is none.
     *
     * @throws IOException if the first one found cannot be used; its message gives the reason, never the
     * secret
     */
    public LoadedSecrets find(SecretSources places) throws IOException {
        Optional<LoadedSecrets> there = existing(places);
        if (there.isPresent()) {
            return there.get();
        }
        String near = near(places);
        Optional<String> home = homeDirectory(places);
        return home.isPresent() ? createInHome(home.get(), near) : make(near);
    }

    /** A secret that is in no file, because the disk has no space for one. It ends with this process. */
    public LoadedSecrets unwritten() {
        return new LoadedSecrets(List.of(made().getBytes(StandardCharsets.US_ASCII)), MEMORY);
    }

    /** The secret if there is one; none is created. */
    public Optional<LoadedSecrets> existing(SecretSources places) throws IOException {
        Optional<LoadedSecrets> found = given(places);
        if (found.isEmpty() && homeDirectory(places).isPresent()) {
            found = read(homeDirectory(places).get());
        }
        return found.isPresent() ? found : read(near(places));
    }

    private static String near(SecretSources places) {
        return places.dataDirectory + "/" + NAME;
    }

    private Optional<String> homeDirectory(SecretSources places) {
        return files.ownDirectory(places.home) ? Optional.of(places.home + "/.kvs/" + NAME)
                : Optional.empty();
    }

    private Optional<LoadedSecrets> given(SecretSources places) throws IOException {
        if (!places.configured.isEmpty()) {
            return Optional.of(new LoadedSecrets(bytes(places.configured), "the setting cluster_secret"));
        }
        if (!places.file.isEmpty()) {
            return Optional.of(read(places.file).orElseThrow(
                    () -> new IOException("cluster_secret_file: there is no file " + places.file)));
        }
        return places.credentials.isEmpty() ? Optional.empty() : read(places.credentials.get() + "/" + NAME);
    }

    /**
     * A home that is not writable does not stop the start: the secret is then kept with the data, and found
     * there the next time.
     */
    private LoadedSecrets createInHome(String path, String otherwise) throws IOException {
        try {
            return make(path);
        } catch (IOException unwritable) {
            return make(otherwise);
        }
    }

    /** If another process creates the file at the same moment, its secret is used. */
    private LoadedSecrets make(String path) throws IOException {
        files.create(path, made() + "\n");
        return read(path)
                .orElseThrow(() -> new IOException("the cluster secret was created and is missing: " + path));
    }

    private String made() {
        ByteBuffer bits = ByteBuffer.allocate(WORDS * Long.BYTES);
        for (int i = 0; i < WORDS; i++) {
            bits.putLong(dice.bits());
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits.array());
    }

    private Optional<LoadedSecrets> read(String path) throws IOException {
        Optional<String> text = files.secret(path);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        List<String> lines = text.get().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        if (lines.isEmpty() || lines.size() > SECRETS_MAX
                || lines.stream().anyMatch(line -> line.length() < LENGTH_MIN)) {
            throw new IOException(path + ": a cluster secret has " + LENGTH_MIN + " characters or more; the"
                    + " file has 1 to "
                    + SECRETS_MAX + " secrets, one per line");
        }
        return Optional.of(new LoadedSecrets(bytes(lines), path));
    }

    private static List<byte[]> bytes(List<String> texts) {
        List<byte[]> secrets = new ArrayList<>();
        texts.forEach(text -> secrets.add(text.getBytes(StandardCharsets.UTF_8)));
        return secrets;
    }
}
