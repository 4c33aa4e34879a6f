package kvs.peer;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import kvs.model.Hkdf;
import kvs.model.Hmac;

/**
 * The keys by which the nodes of a cluster authenticate each other: one derived from each listed secret of
 * the cluster, bound to its name, so that two clusters under one secret are foreign to each other. The first
 * signs, all verify. Immutable.
 */
public final class Keyring {

    private static final int ID_DIGITS = 16;
    private final List<SigningKey> keys;
    private final String advice;

    /**
     * A key.
     *
     * @param id identifies the key, and reveals nothing about it
     * @param mac seals with it
     */
    record SigningKey(String id, Hmac mac) { }

    /** The keys of {@code secrets}, at least one, of unknown source. */
    public Keyring(List<byte[]> secrets, String cluster) {
        this(new ClusterSecretLoader.LoadedSecrets(secrets, "its cluster secret"), cluster);
    }

    /** The keys of the secrets that a loader found. */
    public Keyring(ClusterSecretLoader.LoadedSecrets found, String cluster) {
        List<byte[]> secrets = found.secrets();
        this.advice = found.from().startsWith("/") ? "copy the file " + found.from()
                + " of this machine to the other machine, in place of the file that the first line of the"
                + " node there names, or copy that file to here; then restart the node with the new file"
                : "give both nodes the same cluster secret and cluster_name (this node takes its secret from "
                        + found.from() + "), and restart the changed node";
        this.keys = secrets.stream().map(secret -> new SigningKey(HexFormat.of()
                .formatHex(Hkdf.key(secret, "kvs peer id 1 " + cluster)).substring(0, ID_DIGITS),
                new Hmac(Hkdf.key(secret, "kvs peer 1 " + cluster)))).toList();
    }

    /** The advice for two nodes with different secrets; names the source of a secret and nothing about it. */
    String advice() {
        return advice;
    }

    /** The key that signs. */
    SigningKey first() {
        return keys.get(0);
    }

    /** The key with that id. */
    Optional<SigningKey> find(String id) {
        return keys.stream().filter(key -> key.id.equals(id)).findFirst();
    }
}
