package kvs.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * One line of the audit log as it stands in a file, without its line break. Never change it:
 * <pre>
 * {"n":41,"at":1790000000000,"store":977,"act":"put","who":"7c…","token":"a1…","from":"10.0.0.7"
 *  ,"path":"a/b","uuid":"9e…","status":201,"hash":"64 hex digits","seal":"32 hex digits"}
 * </pre>
 * {@code n} counts the lines of all files from 1. {@code at} is Unix ms of the event, not of the line.
 * {@code store} is the store's sequence number of the write, or the highest one known. Empty members are left
 * out; {@code count} is there when it is not 1. The log's own lines have other members: {@code lost} a count;
 * {@code gap} and {@code back} the {@code first} and {@code last} sequence number of the store that they are
 * about; {@code pruned} the {@code first} and {@code last} line of the removed file and its last hash as
 * {@code link}; {@code broken} a text, {@code what}.
 *
 * <p>A line is valid when
 * <ol>
 * <li>it begins with <code>{"n":</code> and ends with {@code hash} and {@code seal} exactly as drawn, hex
 *     digits in lower case;
 * <li>{@code n} is the one of the line before plus 1;
 * <li>{@code hash} is SHA-256 over the 32 bytes of the hash before (zeros for line 1) and the text up to
 *     {@code ,"hash":};
 * <li>{@code seal} is the first half of HMAC-SHA256 over the 32 bytes of {@code hash}.
 * </ol>
 *
 * @param n its number
 * @param text the whole line
 * @param hash its member {@code hash}
 * @param seal its member {@code seal}
 */
record AuditLine(long n, byte[] text, byte[] hash, byte[] seal) {

    /** Longest line: a path of 4,096 characters that are all escaped, and the rest. */
    static final int BYTES_MAX = 64 << 10;
    private static final byte[] BEGIN = ascii("{\"n\":");
    private static final byte[] HASH = ascii(",\"hash\":\"");
    private static final byte[] SEAL = ascii("\",\"seal\":\"");
    private static final byte[] END = ascii("\"}");
    private static final int HASH_DIGITS = 2 * AuditSealer.HASH_BYTES;
    private static final int SEAL_DIGITS = 2 * AuditSealer.LINE_SEAL_BYTES;
    private static final int TAIL_BYTES = HASH.length + HASH_DIGITS + SEAL.length + SEAL_DIGITS + END.length;
    private static final int NUMBER_DIGITS_MAX = 18;
    /** Commas before {@code act}: three numbers with their names precede it, and no text from outside. */
    private static final int COMMAS_BEFORE_ACT = 3;

    /** The line of that text; empty when it breaks condition 1. */
    static Optional<AuditLine> decode(byte[] text) {
        int tail = text.length - TAIL_BYTES;
        Optional<Long> n = tail < 0 ? Optional.empty() : number(text, tail);
        if (n.isEmpty() || !stands(HASH, text, tail) || !stands(SEAL, text, tail + HASH.length + HASH_DIGITS)
                || !stands(END, text, text.length - END.length)) {
            return Optional.empty();
        }
        Optional<byte[]> hash = hex(text, tail + HASH.length, HASH_DIGITS);
        Optional<byte[]> seal = hex(text, text.length - END.length - SEAL_DIGITS, SEAL_DIGITS);
        return hash.isEmpty() || seal.isEmpty() ? Optional.empty()
                : Optional.of(new AuditLine(n.get(), text, hash.get(), seal.get()));
    }

    /** The bytes that follow the hashed text. */
    static byte[] tail(byte[] hash, byte[] seal) {
        HexFormat hex = HexFormat.of();
        return ascii(",\"hash\":\"" + hex.formatHex(hash) + "\",\"seal\":\"" + hex.formatHex(seal) + "\"}\n");
    }

    /** Whether conditions 2 to 4 hold after {@code before}. */
    boolean follows(ChainPosition before, AuditSealer seals) {
        return n == before.n() + 1 && chained(before.hash(), seals) && sealed(seals);
    }

    /** Condition 3. */
    boolean chained(byte[] before, AuditSealer seals) {
        return Arrays.equals(hash, seals.chain(before, text, text.length - TAIL_BYTES));
    }

    /** Condition 4. */
    boolean sealed(AuditSealer seals) {
        return seals.isLine(hash, seal);
    }

    /** Whether it is one of the log's own lines with that act. */
    boolean is(String act) {
        int at = 0;
        for (int commas = 0; at < text.length && (text[at] != ',' || ++commas < COMMAS_BEFORE_ACT); ) {
            at++;
        }
        return stands(ascii(",\"act\":\"" + act + "\""), text, at);
    }

    /** The value of a member that is a number. */
    long number(String name) throws JsonException {
        return member(name).asLong();
    }

    /** The value of a member that is a text. */
    String string(String name) throws JsonException {
        return member(name).string();
    }

    private JsonValue member(String name) throws JsonException {
        JsonValue json = JsonValue.parse(text);
        return json.field(name).orElseThrow(() -> json.wrong("no field " + name));
    }

    private static Optional<Long> number(byte[] text, int end) {
        if (!stands(BEGIN, text, 0)) {
            return Optional.empty();
        }
        int i = BEGIN.length;
        long n = 0;
        while (i < end && i < BEGIN.length + NUMBER_DIGITS_MAX && text[i] >= '0' && text[i] <= '9') {
            n = n * 10 + text[i++] - '0';
        }
        return i < end && text[i] == ',' && n > 0 && text[BEGIN.length] != '0' ? Optional.of(n)
                : Optional.empty();
    }

    private static Optional<byte[]> hex(byte[] text, int from, int digits) {
        byte[] bytes = new byte[digits / 2];
        for (int i = 0; i < digits; i++) {
            byte c = text[from + i];
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                return Optional.empty();
            }
            bytes[i / 2] |= (byte) (digit << (i % 2 == 0 ? 4 : 0));
        }
        return Optional.of(bytes);
    }

    private static boolean stands(byte[] what, byte[] text, int at) {
        return at + what.length <= text.length
                && Arrays.equals(what, 0, what.length, text, at, at + what.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
