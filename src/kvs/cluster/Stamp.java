package kvs.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kvs.auth.Hkdf;

/**
 * What proves that a request or an answer comes from a node of the same cluster, is for this one, now, and was not changed: the value of the
 * header {@value #HEADER}. Never change it:
 * <pre>
 * request   1 KEY FROM-ORIGIN FROM-BOOT TO-ORIGIN TO-BOOT TIME NONCE BODY MAC
 * answer    1 KEY MAC
 * </pre>
 * KEY is the id of the key, 16 hex digits; origins are uuids, boots decimal; TIME is Unix ms by the clock of the <em>receiver</em>, as far as the
 * sender knows it; NONCE 32 hex digits; BODY the SHA-256 of the body. A sender that does not know to whom it speaks says nil and 0 and is told.
 *
 * <p>MAC is HMAC-SHA256 over a label, and then each with its length as 4 bytes before it: of a request the text before MAC, method and raw
 * target; of an answer the MAC of its request, so that no answer fits another request, the status as text and the SHA-256 of the body. That
 * BODY stands in the stamp lets a node judge a request before it reads a byte of its body.
 *
 * @param key id of the key
 * @param from who sends
 * @param to for whom
 * @param time Unix ms, by the receiver's clock
 * @param nonce never used twice
 * @param body SHA-256 of the body, hex
 * @param mac in hex
 */
public record Stamp(String key, Life from, Life to, long time, String nonce, String body, String mac) {

    /** The header. */
    public static final String HEADER = "KVS-Peer";
    private static final String VERSION = "1";
    private static final Pattern REQUEST = Pattern.compile("1 ([0-9a-f]{16}) ([0-9a-f-]{36}) ([0-9]{1,10}) ([0-9a-f-]{36}) ([0-9]{1,10})"
            + " ([0-9]{1,15}) ([0-9a-f]{32}) ([0-9a-f]{64}) ([0-9a-f]{64})");
    private static final Pattern ANSWER = Pattern.compile("1 ([0-9a-f]{16}) ([0-9a-f]{64})");
    private static final String REQUEST_LABEL = "kvs peer request 1";
    private static final String ANSWER_LABEL = "kvs peer answer 1";

    /**
     * One run of one data directory.
     *
     * @param origin id of the life of the directory
     * @param boot which start of it
     */
    public record Life(UUID origin, long boot) {

        /** Whom a sender addresses that does not know who is there. */
        static final Life UNKNOWN = new Life(new UUID(0, 0), 0);
    }

    /** Where a request goes. */
    record Line(String method, String target) { }

    /** The stamp of a request, signed. */
    static Stamp sign(Keyring.Key key, Life from, Life to, Fresh fresh, Line line) {
        Stamp unsigned = new Stamp(key.id(), from, to, fresh.time, fresh.nonce, fresh.body, "");
        return new Stamp(unsigned.key, from, to, unsigned.time, unsigned.nonce, unsigned.body, unsigned.mac(key, line));
    }

    /** What differs from request to request. */
    record Fresh(long time, String nonce, String body) { }

    /** The stamp in a header; empty when it is none. */
    static Optional<Stamp> decode(String text) {
        Matcher fields = REQUEST.matcher(text);
        if (!fields.matches()) {
            return Optional.empty();
        }
        try {
            Stamp stamp = new Stamp(fields.group(1), new Life(UUID.fromString(fields.group(2)), Long.parseLong(fields.group(3))),
                    new Life(UUID.fromString(fields.group(4)), Long.parseLong(fields.group(5))), Long.parseLong(fields.group(6)), fields.group(7),
                    fields.group(8), fields.group(9));
            return stamp.encode().equals(text) ? Optional.of(stamp) : Optional.empty();
        } catch (IllegalArgumentException no) {
            return Optional.empty();
        }
    }

    /** The value of the header. */
    String encode() {
        return unsigned() + " " + mac;
    }

    /** Whether this key has made it, for that line. */
    boolean madeBy(Keyring.Key known, Line line) {
        return equal(mac, mac(known, line));
    }

    /** The value of the header of an answer to this request. */
    public String answer(Keyring ring, int status, byte[] content) {
        Keyring.Key signing = ring.find(key).orElseGet(ring::first);
        return VERSION + " " + signing.id() + " " + answerMac(signing, status, content);
    }

    /** Whether an answer to this request is of a node of the cluster, and as it was sent. */
    boolean answeredBy(Keyring ring, String header, int status, byte[] content) {
        Matcher fields = ANSWER.matcher(header);
        return fields.matches() && ring.find(fields.group(1)).filter(known -> equal(fields.group(2), answerMac(known, status, content))).isPresent();
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
        return String.join(" ", VERSION, key, from.origin.toString(), Long.toString(from.boot), to.origin.toString(), Long.toString(to.boot),
                Long.toString(time), nonce, body);
    }

    private String mac(Keyring.Key signing, Line line) {
        return seal(signing, REQUEST_LABEL, unsigned(), line.method, line.target);
    }

    private String answerMac(Keyring.Key signing, int status, byte[] content) {
        return seal(signing, ANSWER_LABEL, mac, Integer.toString(status), hash(content));
    }

    private static String seal(Keyring.Key key, String... parts) {
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
        return HexFormat.of().formatHex(Hkdf.hmac(key.bytes(), all.array()));
    }

    private static boolean equal(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.US_ASCII), b.getBytes(StandardCharsets.US_ASCII));
    }
}
