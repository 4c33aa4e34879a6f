package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import kvs.http.Response;
import kvs.sim.SimClock;
import kvs.streams.EventSink;
import org.junit.jupiter.api.Test;

/** The tasks of a stream whose client has gone: others wait for the end of theirs. */
class ThreadEventSinkTest {

    private final List<String> done = new ArrayList<>();
    private final ThreadEventSink sink = new ThreadEventSink(new OutputStream() {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("gone");
        }
    }, new SimClock());

    private Response.EventBody events(Runnable... tasks) {
        return new Response.EventBody() {
            @Override
            public void open(EventSink opened) {
                List.of(tasks).forEach(opened.lane()::execute);
            }

            @Override
            public void closed() { }
        };
    }

    /** The first task fails to send. */
    private void send() {
        done.add("send " + sink.offer(new byte[1]));
    }

    @Test
    void runsAllTasksAndRejectsLaterOnes() {
        assertThrows(IOException.class, () -> sink.run(events(this::send, () -> done.add("second"),
                () -> sink.whenReady(() -> done.add("never")), () -> done.add("last"))));
        assertEquals(List.of("send false", "second", "last"), done);
        assertThrows(RejectedExecutionException.class, () -> sink.lane().execute(() -> done.add("late")));
        assertEquals(3, done.size());
    }

    @Test
    void runsThemAfterAFaultInOne() {
        assertThrows(IllegalStateException.class, () -> sink.run(events(() -> {
            throw new IllegalStateException("first");
        }, () -> {
            throw new IllegalStateException("second");
        }, () -> done.add("last"))));
        assertEquals(List.of("last"), done);
        assertThrows(RejectedExecutionException.class, () -> sink.lane().execute(() -> done.add("late")));
    }
}
