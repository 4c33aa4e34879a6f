package kvs.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import kvs.model.AsciiParsers;

/**
 * The status line and the headers of a response of HTTP/1.x, at most {@value #BYTES_MAX} bytes. A header that
 * is repeated keeps its first value.
 *
 * @param status the status
 * @param headers the headers, names in small letters
 */
record ResponseHead(int status, Map<String, String> headers) {

    private static final int BYTES_MAX = 64 << 10;
    private static final String VERSION = "HTTP/1.";
    private static final int STATUS_AT = 9;
    private static final int STATUS_END = 12;
    private static final int CONTINUE = 100;
    private static final int SWITCHING = 101;
    private static final int INTERIM_MAX = 100;

    /** Reads a head, and skips interim responses before it. */
    static ResponseHead read(InputStream in) throws IOException {
        for (int i = 0; i <= INTERIM_MAX; i++) {
            ResponseHead head = readOne(in);
            boolean interim = head.status == CONTINUE || head.status > SWITCHING && head.status < 200;
            if (!interim) {
                return head;
            }
        }
        throw new IOException("the response has more than " + INTERIM_MAX + " interim responses before it");
    }

    private static ResponseHead readOne(InputStream in) throws IOException {
        int[] left = {BYTES_MAX};
        String first = line(in, left);
        String code = first.length() >= STATUS_END ? first.substring(STATUS_AT, STATUS_END) : "";
        OptionalLong status = AsciiParsers.number(code, 3);
        if (!first.startsWith(VERSION) || status.isEmpty()) {
            throw new IOException("the response is not one of HTTP");
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.putIfAbsent(line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return new ResponseHead((int) status.getAsLong(), headers);
    }

    private static String line(InputStream in, int[] left) throws IOException {
        byte[] bytes = new byte[256];
        int size = 0;
        int c = in.read();
        while (c != '\n') {
            if (c < 0 || left[0]-- == 0) {
                throw new IOException(c < 0 ? "the connection was cut before a response"
                        : "the head of the response is too long");
            }
            bytes = size == bytes.length ? Arrays.copyOf(bytes, 2 * size) : bytes;
            bytes[size++] = (byte) c;
            c = in.read();
        }
        int end = size > 0 && bytes[size - 1] == '\r' ? size - 1 : size;
        return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    }

    /** Whether the connection may carry another request. */
    boolean keepsAlive() {
        return !headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("close");
    }
}
