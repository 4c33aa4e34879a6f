package kvs.gateway;

import java.io.IOException;
import java.util.concurrent.Executor;
import kvs.http.Response;
import kvs.server.EventStream;
import kvs.server.NioExchange;
import kvs.streams.EventSink;

/** The sink of an event stream on a loop of our server: no thread waits for its reader. */
record LoopEventSink(EventStream stream) implements EventSink {

    private static final EventStream.IdleComment IDLE = new EventStream.IdleComment(
            Response.EventBody.COMMENT, Response.EventBody.COMMENT_MS);

    /** Begins the body of a response whose head is written; {@code ended} runs at its end. */
    static void open(NioExchange exchange, Response.EventBody events, Runnable ended) throws IOException {
        EventStream stream = exchange.events(IDLE, () -> {
            events.closed();
            ended.run();
        });
        events.open(new LoopEventSink(stream));
    }

    @Override
    public Executor lane() {
        return stream.lane();
    }

    @Override
    public boolean isReady() {
        return stream.isReady();
    }

    @Override
    public boolean offer(byte[] bytes) {
        return stream.offer(bytes);
    }

    @Override
    public void whenReady(Runnable then) {
        stream.whenReady(then);
    }

    @Override
    public void end(byte[] last) {
        stream.end(last);
    }
}
