package kvs.streams;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;

/** A client that takes everything at once, on the thread that sends it. */
public final class OpenSink implements EventSink {

    private final Runnable onEnd;
    private final Executor lane = Runnable::run;
    private final StringBuilder text = new StringBuilder();
    private boolean ended;

    /** A client; {@code onEnd} runs when the stream ends. */
    public OpenSink(Runnable onEnd) {
        this.onEnd = onEnd;
    }

    /** What has come. */
    public String text() {
        return text.toString();
    }

    public boolean ended() {
        return ended;
    }

    @Override
    public Executor lane() {
        return lane;
    }

    @Override
    public boolean isReady() {
        return !ended;
    }

    @Override
    public boolean offer(byte[] bytes) {
        text.append(new String(bytes, StandardCharsets.UTF_8));
        return true;
    }

    @Override
    public void whenReady(Runnable then) {
        then.run();
    }

    @Override
    public void end(byte[] last) {
        offer(last);
        ended = true;
        onEnd.run();
    }
}
