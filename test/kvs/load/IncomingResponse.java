package kvs.load;

import java.nio.ByteBuffer;

/** An answer as it arrives in pieces on one connection. */
final class IncomingResponse {

    /** How far it is. */
    enum Progress { MORE, GOOD, BAD }

    private static final int HEAD_BYTES_MAX = 1 << 16;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ResponseHead head;
    /** What the body must be; empty: anything. */
    private final ByteBuffer expected;
    /** A piece of a head that has no end yet. */
    private ByteBuffer held = NOTHING;
    private boolean inBody;
    private int missing;
    private boolean good;

    IncomingResponse(ResponseHead head, ByteBuffer expected) {
        this.head = head;
        this.expected = expected;
    }

    /** Forgets what arrived so far. */
    void reset() {
        held = NOTHING;
        inBody = false;
    }

    /**
     * Takes what arrived. {@code GOOD}: that was the end, of an answer by 2xx with the body that is expected.
     * {@code BAD}: any other end.
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
