package kvs.streams;

import java.util.Optional;
import kvs.documents.AccessContext;
import kvs.documents.ClientPosition;
import kvs.documents.WaitLimiter;

/**
 * One stream of changes; the package documentation draws its states. Its lane owns it, but for {@link #open},
 * {@link #closed}, and what is constant.
 */
public final class ChangeStream {

    private enum State { READING, LIVE }

    private static final byte[] NOTHING = {};

    private final ChangeStreams streams;
    private final StreamView view;
    private final AccessContext reader;
    private final WaitLimiter.Admission admission;
    /** Set once, when it is opened. */
    private volatile Optional<EventSink> sink = Optional.empty();
    private volatile Optional<StreamLane> lane = Optional.empty();
    private volatile boolean over;
    private State state = State.READING;
    /** The position after the last event that was given to the socket; a turn reads it too. */
    private volatile ClientPosition position;
    /** The number of that event in this run. */
    private long number;

    ChangeStream(ChangeStreams streams, StreamView view, AccessContext reader, ClientPosition since,
            WaitLimiter.Admission admission) {
        this.streams = streams;
        this.view = view;
        this.reader = reader;
        this.position = since;
        this.admission = admission;
    }

    /** Begins to send to {@code to}; called once, on its lane. */
    public void open(EventSink to) {
        if (over) {
            return;
        }
        sink = Optional.of(to);
        lane = Optional.of(streams.opened(this, to.lane()));
        streams.turns().add(this);
    }

    /** Releases what it holds: it has ended, its client has gone, or it was never opened. Any thread. */
    public void closed() {
        over = true;
        streams.closed(this);
        admission.release();
    }

    StreamView view() {
        return view;
    }

    AccessContext reader() {
        return reader;
    }

    ClientPosition position() {
        return position;
    }

    boolean isOver() {
        return over;
    }

    /** The lane of its loop; it has one once it is open. */
    StreamLane lane() {
        return lane.orElseThrow();
    }

    /** Takes the page of its group, unless it has read that itself. */
    void take(StreamPage page) {
        if (over || state != State.LIVE || page.number() <= number) {
            return;
        }
        boolean sent = sink().offer(page.text());
        if (sent) {
            advance(page);
        }
        if (!sent || !sink().isReady()) {
            miss();
        }
    }

    /** Leaves its group: it has missed a page, or its client has not taken all. */
    void miss() {
        if (state == State.LIVE) {
            streams.leave(this);
            fallBehind();
        }
    }

    /** Reads by itself from now on, as soon as its client has taken everything. */
    private void fallBehind() {
        state = State.READING;
        if (!over) {
            sink().whenReady(() -> streams.turns().add(this));
        }
    }

    /** Takes the page of its own turn. */
    void takeOwn(StreamPage page) {
        if (over) {
            return;
        }
        if (page.text().length > 0 && !sink().offer(page.text())) {
            fallBehind();
            return;
        }
        advance(page);
        if (page.more() || !sink().isReady()) {
            fallBehind();
        } else {
            state = State.LIVE;
            streams.join(this, page);
        }
    }

    private void advance(StreamPage page) {
        position = page.next();
        number = page.number();
    }

    /** Ends it with {@code last}, perhaps nothing. */
    void end(byte[] last) {
        if (!over) {
            sink().end(last);
        }
    }

    /** Ends it without an event. */
    void end() {
        end(NOTHING);
    }

    private EventSink sink() {
        return sink.orElseThrow();
    }
}
