package kvs.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import kvs.world.Dice;
import kvs.world.LocalFiles;

/**
 * The secret that all nodes of a cluster share: every key that signs something is derived from it. It is looked for in the settings, then in
 * files; where there is none one is made, readable by the owner only. It is never kept in the store or a backup.
 */
public final class ClusterSecretLoader {

    /** Name of the file. */
    public static final String NAME = "cluster.secret";
    /** Where a secret came from that no file holds. */
    public static final String MEMORY = "memory, because the disk has no room for its file";
    private static final int LENGTH_MIN = 32;
    private static final int SECRETS_MAX = 4;
    private static final int WORDS = 4;

    private final LocalFiles files;
    private final Dice dice;

    /**
     * Where to look, in this order.
     *
     * @param configured {@code cluster_secret}
     * @param file {@code cluster_secret_file}, empty for none
     * @param credentials {@code $CREDENTIALS_DIRECTORY}, where systemd hands over secrets
     * @param home of the user; Java gives {@code ?} for users that the system does not know
     * @param dataDirectory of this node
     */
    public record SecretSources(List<String> configured, String file, Optional<String> credentials, String home, String dataDirectory) { }

    /**
     * What was found.
     *
     * @param secrets the first signs, all verify
     * @param from where, for people
     */
    public record LoadedSecrets(List<byte[]> secrets, String from) { }

    /** Looks through {@code files}; a new secret comes from {@code dice}. */
    public ClusterSecretLoader(LocalFiles files, Dice dice) {
        this.files = files;
        this.dice = dice;
    }

    /**
     * The secret, made if there is none.
     *
     * @throws IOException when the first that is there cannot be used; its message says why, never what it is
     */
    public LoadedSecrets find(SecretSources places) throws IOException {
        Optional<LoadedSecrets> there = existing(places);
        if (there.isPresent()) {
            return there.get();
        }
        String near = near(places);
        Optional<String> home = home(places);
        return home.isPresent() ? makeAtHome(home.get(), near) : make(near);
    }

    /** A secret that no file holds: the disk has no room for one. It ends with this process. */
    public LoadedSecrets unwritten() {
        return new LoadedSecrets(List.of(made().getBytes(StandardCharsets.US_ASCII)), MEMORY);
    }

    /** The secret if there is one; nothing is made. */
    public Optional<LoadedSecrets> existing(SecretSources places) throws IOException {
        Optional<LoadedSecrets> found = given(places);
        if (found.isEmpty() && home(places).isPresent()) {
            found = read(home(places).get());
        }
        return found.isPresent() ? found : read(near(places));
    }

    private static String near(SecretSources places) {
        return places.dataDirectory + "/" + NAME;
    }

    private Optional<String> home(SecretSources places) {
        return files.ownDirectory(places.home) ? Optional.of(places.home + "/.kvs/" + NAME) : Optional.empty();
    }

    private Optional<LoadedSecrets> given(SecretSources places) throws IOException {
        if (!places.configured.isEmpty()) {
            return Optional.of(new LoadedSecrets(bytes(places.configured), "the setting cluster_secret"));
        }
        if (!places.file.isEmpty()) {
            return Optional.of(read(places.file).orElseThrow(() -> new IOException("cluster_secret_file: there is no file " + places.file)));
        }
        return places.credentials.isEmpty() ? Optional.empty() : read(places.credentials.get() + "/" + NAME);
    }

    /** A home that cannot be written to is no reason not to start: the secret is kept with the data then, and found there the next time. */
    private LoadedSecrets makeAtHome(String path, String otherwise) throws IOException {
        try {
            return make(path);
        } catch (IOException unwritable) {
            return make(otherwise);
        }
    }

    /** When somebody else makes it in this moment, theirs is taken. */
    private LoadedSecrets make(String path) throws IOException {
        files.create(path, made() + "\n");
        return read(path).orElseThrow(() -> new IOException("the cluster secret was made and is gone: " + path));
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
        if (lines.isEmpty() || lines.size() > SECRETS_MAX || lines.stream().anyMatch(line -> line.length() < LENGTH_MIN)) {
            throw new IOException(path + ": a cluster secret has " + LENGTH_MIN + " characters or more; 1 to " + SECRETS_MAX
                    + " stand in the file, a line each");
        }
        return Optional.of(new LoadedSecrets(bytes(lines), path));
    }

    private static List<byte[]> bytes(List<String> texts) {
        List<byte[]> secrets = new ArrayList<>();
        texts.forEach(text -> secrets.add(text.getBytes(StandardCharsets.UTF_8)));
        return secrets;
    }
}
