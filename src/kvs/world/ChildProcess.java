package kvs.world;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * A program that this process has started, with its standard streams. Who waits for its end waits for the
 * process itself: the futures of the JDK are completed by one thread on a machine with two cores, which a
 * callback may hold up.
 */
public final class ChildProcess implements RunningProgram {

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
     * @throws IOException if it does not run; its message is the reason, for a person
     */
    public static ChildProcess start(List<String> command, Map<String, String> variables)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(variables);
        try {
            return new ChildProcess(builder.start());
        } catch (IOException e) {
            // The text of the outer one has the name of the program, which may look like a reason.
            throw new IOException(FailureText.text(e.getCause() instanceof IOException cause ? cause : e), e);
        }
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public int await() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(INTERRUPTED, e);
        }
    }

    @Override
    public void onEnd(IntConsumer ended) {
        new Threads(Logger.none()).thread("kvs-child", true, () -> ended.accept(await())).start();
    }

    @Override
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
