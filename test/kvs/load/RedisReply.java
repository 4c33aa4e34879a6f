package kvs.load;

import java.nio.ByteBuffer;

/**
 * The replies of Redis to commands for one key (RESP, the protocol of Redis): {@code +OK}, {@code $5} with
 * five bytes and a line end behind it, {@code $-1} for nothing, {@code -ERR why}.
 */
final class RedisReply implements ResponseFormat {

    private static final int GOOD = 200;
    private static final int ABSENT = 404;
    private static final int BAD = 500;
    private static final int LINE_END = 2;

    private int bytes;
    private int bodyBytes;
    private int status;

    @Override
    public boolean read(ByteBuffer in) {
        int start = in.position();
        for (int at = start; at + 1 < in.limit(); at++) {
            if (in.get(at) == '\r' && in.get(at + 1) == '\n') {
                bytes = at + LINE_END - start;
                take(in, start, at);
                return true;
            }
        }
        return false;
    }

    private void take(ByteBuffer in, int start, int end) {
        char kind = (char) in.get(start);
        boolean absent = kind == '$' && in.get(start + 1) == '-';
        status = absent ? ABSENT : kind == '$' || kind == '+' ? GOOD : BAD;
        bodyBytes = 0;
        if (kind == '$' && !absent) {
            for (int at = start + 1; at < end; at++) {
                bodyBytes = 10 * bodyBytes + in.get(at) - '0';
            }
            bodyBytes += LINE_END;
        }
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public int bytes() {
        return bytes;
    }

    @Override
    public int bodyBytes() {
        return bodyBytes;
    }
}
