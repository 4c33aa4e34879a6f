package kvs.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import kvs.model.AsciiParsers;

/**
 * The proof that a request or a response comes from a node of the same cluster, is for this one, now, and was
 * not changed: the value of the header {@value #HEADER}. Never change it:
 * <pre>
 * request    1 KEY FROM-ORIGIN FROM-BOOT TO-ORIGIN TO-BOOT TIME NONCE BODY MAC
 * response   1 KEY MAC
 * </pre>
 * KEY is the id of the key, 16 hex digits; origins are uuids, boots decimal; TIME is Unix ms by the clock of
 * the <em>receiver</em>, as far as the sender knows it; NONCE 32 hex digits; BODY the SHA-256 of the body. A
 * sender that does not know its receiver sends nil and 0, and receives the right values.
 *
 * <p>MAC is HMAC-SHA256 over a label, and then each of the following with its length as 4 bytes before it: of
 * a request the text before MAC, method and raw target; of a response the MAC of its request, so that no
 * response fits another request, the status as text and the SHA-256 of the body. BODY in the header lets a
 * node check a request before it reads a byte of its body.
 *
 * @param key id of the key
 * @param from sender
 * @param to receiver
 * @param time Unix ms, by the receiver's clock
 * @param nonce never used twice
 * @param body SHA-256 of the body, hex
 * @param mac MAC, hex
 */
public record PeerSignature(String key, NodeRun from, NodeRun to, long time, String nonce,
        String body, String mac) {

    /** The header. */
    public static final String HEADER = "KVS-Peer";
    private static final String VERSION = "1";
    private static final int FIELDS = 10;
    private static final int KEY_DIGITS = 16;
    private static final int BOOT_DIGITS = 10;
    static final int TIME_DIGITS = 15;
    private static final int NONCE_DIGITS = 32;
    private static final int HASH_DIGITS = 64;
    /** The maximal length: all fields, and the spaces between. */
    private static final int LENGTH_MAX = 1 + KEY_DIGITS + 2 * (36 + BOOT_DIGITS) + TIME_DIGITS + NONCE_DIGITS
            + 2 * HASH_DIGITS + FIELDS - 1;
    private static final String REQUEST_LABEL = "kvs peer request 1";
    private static final String ANSWER_LABEL = "kvs peer answer 1";

    /**
     * One run of one data directory.
     *
     * @param origin id of the life of the directory
     * @param boot number of the start
     */
    public record NodeRun(UUID origin, long boot) {

        /** The receiver that a sender names if it does not know the node there. */
        public static final NodeRun UNKNOWN = new NodeRun(new UUID(0, 0), 0);
    }

    /** The request line that is signed. */
    record RequestLine(String method, String target) { }

    /** The signature of a request. */
    static PeerSignature sign(Keyring.SigningKey key, NodeRun from, NodeRun to, SignedContent fresh,
            RequestLine line) {
        PeerSignature unsigned = new PeerSignature(key.id(), from, to, fresh.time, fresh.nonce,
                fresh.body, "");
        return new PeerSignature(unsigned.key, from, to, unsigned.time, unsigned.nonce, unsigned.body,
                unsigned.mac(key, line));
    }

    /** The fields that differ from request to request. */
    record SignedContent(long time, String nonce, String body) { }

    /** The signature in a header; empty if it is malformed. */
    static Optional<PeerSignature> decode(String text) {
        String[] fields = text.length() > LENGTH_MAX ? new String[0] : text.split(" ", -1);
        if (fields.length != FIELDS || !fields[0].equals(VERSION)
                || !AsciiParsers.hex(fields[1], KEY_DIGITS)) {
            return Optional.empty();
        }
        Optional<NodeRun> from = life(fields[2], fields[3]);
        Optional<NodeRun> to = life(fields[4], fields[5]);
        OptionalLong time = AsciiParsers.number(fields[6], TIME_DIGITS);
        boolean rest = AsciiParsers.hex(fields[7], NONCE_DIGITS) && AsciiParsers.hex(fields[8], HASH_DIGITS)
                && AsciiParsers.hex(fields[9], HASH_DIGITS);
        if (from.isEmpty() || to.isEmpty() || time.isEmpty() || !rest) {
            return Optional.empty();
        }
        PeerSignature signature = new PeerSignature(fields[1], from.get(), to.get(), time.getAsLong(),
                fields[7], fields[8], fields[9]);
        return signature.encode().equals(text) ? Optional.of(signature) : Optional.empty();
    }

    /** The run in two fields. */
    static Optional<NodeRun> life(String origin, String boot) {
        OptionalLong number = AsciiParsers.number(boot, BOOT_DIGITS);
        return AsciiParsers.uuid(origin).filter(id -> number.isPresent())
                .map(id -> new NodeRun(id, number.getAsLong()));
    }

    /** The value of the header. */
    String encode() {
        return unsigned() + " " + mac;
    }

    /** Whether this key made it, for that line. */
    boolean madeBy(Keyring.SigningKey known, RequestLine line) {
        return equal(mac, mac(known, line));
    }

    /** The value of the header of a response to this request. */
    public String answer(Keyring ring, int status, byte[] content) {
        Keyring.SigningKey signing = ring.find(key).orElseGet(ring::first);
        return VERSION + " " + signing.id() + " " + answerMac(signing, status, content);
    }

    /** Whether a response to this request comes from a node of the cluster, unchanged. */
    boolean answeredBy(Keyring ring, String header, int status, byte[] content) {
        String[] fields = header.length() > LENGTH_MAX ? new String[0] : header.split(" ", -1);
        return fields.length == 3 && fields[0].equals(VERSION) && AsciiParsers.hex(fields[1], KEY_DIGITS)
                && AsciiParsers.hex(fields[2], HASH_DIGITS) && ring.find(fields[1])
                        .filter(known -> equal(fields[2], answerMac(known, status, content))).isPresent();
    }

    /** SHA-256 in hex. */
    static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private String unsigned() {
        return String.join(" ", VERSION, key, from.origin.toString(), Long.toString(from.boot),
                to.origin.toString(), Long.toString(to.boot), Long.toString(time), nonce, body);
    }

    private String mac(Keyring.SigningKey signing, RequestLine line) {
        return seal(signing, REQUEST_LABEL, unsigned(), line.method, line.target);
    }

    private String answerMac(Keyring.SigningKey signing, int status, byte[] content) {
        return seal(signing, ANSWER_LABEL, mac, Integer.toString(status), hash(content));
    }

    private static String seal(Keyring.SigningKey key, String... parts) {
        byte[][] bytes = new byte[parts.length][];
        int size = 0;
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = parts[i].getBytes(StandardCharsets.UTF_8);
            size += Integer.BYTES + bytes[i].length;
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        for (byte[] part : bytes) {
            all.putInt(part.length).put(part);
        }
        return HexFormat.of().formatHex(key.mac().seal(all.array()));
    }

    private static boolean equal(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.US_ASCII),
                b.getBytes(StandardCharsets.US_ASCII));
    }
}
