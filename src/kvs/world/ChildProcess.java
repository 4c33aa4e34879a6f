package kvs.world;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * A program that this process has started, with its standard streams. Thread-safe. Who waits for its end
 * waits for the process itself: the futures of the JDK are completed by one thread on a machine with two
 * cores, which a callback may hold up.
 */
public final class ChildProcess {

    private static final String INTERRUPTED = "nobody interrupts a thread that waits for a program";

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts a program.
     *
     * @param command the program and its arguments
     * @param variables environment variables beside those of this process, or in their place
     */
    public static ChildProcess start(List<String> command, Map<String, String> variables)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(variables);
        return new ChildProcess(builder.start());
    }

    /** Waits for its end and returns its exit status: 128 and the number of the signal that ended it. */
    public int await() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(INTERRUPTED, e);
        }
    }

    /** Calls {@code ended} with its exit status, on another thread. */
    public void onEnd(IntConsumer ended) {
        process.onExit().thenAccept(end -> ended.accept(end.exitValue()));
    }

    /** Asks it to end (SIGTERM), waits so long, and then ends it (SIGKILL). Returns when it has ended. */
    public void stop(long graceMs) {
        process.destroy();
        try {
            if (!process.waitFor(graceMs, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(INTERRUPTED, e);
        }
    }
}
