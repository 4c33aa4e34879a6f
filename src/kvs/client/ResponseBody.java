package kvs.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.OptionalLong;
import kvs.model.AsciiParsers;

/** The body of a response as a stream: of a given length, in chunks, or up to the end of the connection. */
final class ResponseBody extends InputStream {

    private static final int LINE_MAX = 4_096;
    private static final int TRAILERS_MAX = 100;
    private static final int HEX = 16;
    private static final int LENGTH_DIGITS = 15;
    private static final int CHUNK_DIGITS = 8;

    private final InputStream in;
    private final boolean chunked;
    /** Bytes left of the body or of the chunk; negative when the body ends with the connection. */
    private long left;
    private boolean began;
    private boolean ended;

    private ResponseBody(InputStream in, boolean chunked, long left) {
        this.in = in;
        this.chunked = chunked;
        this.left = left;
        this.ended = left == 0 && !chunked;
    }

    /** The body behind a head. */
    static ResponseBody of(ResponseHead head, String method, InputStream in) throws IOException {
        int status = head.status();
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return new ResponseBody(in, false, 0);
        }
        if (head.headers().getOrDefault("transfer-encoding",
                "").toLowerCase(Locale.ROOT).contains("chunked")) {
            return new ResponseBody(in, true, 0);
        }
        String length = head.headers().getOrDefault("content-length", "");
        OptionalLong bytes = AsciiParsers.number(length, LENGTH_DIGITS);
        if (!length.isEmpty() && bytes.isEmpty()) {
            throw new IOException("the response is not one of HTTP");
        }
        return new ResponseBody(in, false, bytes.orElse(-1));
    }

    /** Whether the end was read, so that the connection is at the next response. */
    boolean isComplete() {
        return ended && left == 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
        if (chunked && left == 0 && !ended) {
            nextChunk();
        }
        if (ended || count == 0) {
            return ended ? -1 : 0;
        }
        int got = in.read(bytes, from, left < 0 ? count : (int) Math.min(count, left));
        if (got < 0) {
            ended = true;
            if (left > 0 || chunked) {
                throw new EOFException("the connection was cut in the middle of a response");
            }
            return -1;
        }
        if (left > 0) {
            left -= got;
            ended = left == 0 && !chunked;
        }
        return got;
    }

    private void nextChunk() throws IOException {
        if (began) {
            line();
        }
        began = true;
        String size = line().split(";")[0].strip();
        if (size.isEmpty() || size.length() > CHUNK_DIGITS || !AsciiParsers.hex(size.toLowerCase(Locale.ROOT),
                size.length())) {
            throw new IOException("the response is not one of HTTP");
        }
        left = Long.parseLong(size, HEX);
        if (left == 0) {
            for (int i = 0; !line().isEmpty(); i++) {
                if (i == TRAILERS_MAX) {
                    throw new IOException("the response has more than " + TRAILERS_MAX + " trailers");
                }
            }
            ended = true;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c != '\n') {
            if (c < 0 || line.length() == LINE_MAX) {
                throw new EOFException("the connection was cut in the middle of a response");
            }
            line.append((char) c);
            c = in.read();
        }
        return line.toString().strip();
    }
}
