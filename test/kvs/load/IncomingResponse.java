package kvs.load;

import java.nio.ByteBuffer;

/** A response that arrives in pieces on one connection. */
final class IncomingResponse {

    /** The state of a response: incomplete, complete and good, or bad. */
    enum Progress { MORE, GOOD, BAD }

    private static final int HEAD_BYTES_MAX = 1 << 16;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ResponseFormat head;
    /** The body that the response must have; empty: any. */
    private final ByteBuffer expected;
    /** A piece of a head that has no end yet. */
    private ByteBuffer held = NOTHING;
    private boolean inBody;
    private int missing;
    private boolean good;

    IncomingResponse(ResponseFormat head, ByteBuffer expected) {
        this.head = head;
        this.expected = expected;
    }

    /** Forgets all bytes that arrived so far. */
    void reset() {
        held = NOTHING;
        inBody = false;
    }

    /**
     * Reads the bytes that arrived. {@code GOOD}: they end a response with a status 2xx and the expected
     * body. {@code BAD}: any other end.
     */
    Progress take(ByteBuffer arrived) {
        ByteBuffer in = arrived;
        if (!inBody) {
            in = joined(arrived);
            if (!head.read(in)) {
                hold(in);
                return held.capacity() > HEAD_BYTES_MAX ? Progress.BAD : Progress.MORE;
            }
            held = NOTHING;
            inBody = true;
            missing = head.bodyBytes();
            good = head.status() / 100 == 2 && (!expected.hasRemaining() || expected.remaining() == missing);
            in.position(in.position() + head.bytes());
        }
        int here = in.remaining();
        if (good && here > 0 && expected.hasRemaining()) {
            good = here <= missing && in.equals(expected.slice(expected.limit() - missing, here));
        }
        missing -= here;
        if (missing > 0) {
            return Progress.MORE;
        }
        inBody = false;
        return good && missing == 0 ? Progress.GOOD : Progress.BAD;
    }

    private ByteBuffer joined(ByteBuffer arrived) {
        return held.capacity() == 0 ? arrived : ByteBuffer.allocate(held.capacity() + arrived.remaining())
                .put(held.rewind()).put(arrived).flip();
    }

    private void hold(ByteBuffer in) {
        held = ByteBuffer.allocate(in.remaining()).put(in).flip();
    }
}
