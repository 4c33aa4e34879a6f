package kvs.jar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kvs.OwnThread;

/** Scripts of bash, for tests of what people type. */
public final class Shell {

    private static final long LIMIT_MS = TimeUnit.MINUTES.toMillis(4);

    private Shell() { }

    /** Whether bash and a program are here. */
    public static boolean has(String program) {
        try {
            return run(Path.of("/"), "command -v " + program).status() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    /**
     * Runs a script in a directory, which is its home too; {@code JAVA_HOME} is that of this process. A
     * script that takes longer than four minutes is ended, with all that it has started.
     */
    public static Jar.Printed run(Path directory, String script) throws IOException {
        return run(directory, script, LIMIT_MS);
    }

    /** The same with another limit. A program that still holds the output counts as the script. */
    static Jar.Printed run(Path directory, String script, long limitMs) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script).directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        CompletableFuture<Void> end = OwnThread.run(() -> read(process, text));
        try {
            end.get(limitMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException over) {
            List<ProcessHandle> started = process.descendants().toList();
            process.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
            throw new IOException("the script was ended after " + limitMs + " ms, having printed: "
                    + text.toString(StandardCharsets.UTF_8), over);
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException("the output of the script cannot be read", e);
        }
        return new Jar.Printed(await(process), text.toString(StandardCharsets.UTF_8));
    }

    private static void read(Process process, ByteArrayOutputStream text) {
        try {
            process.getInputStream().transferTo(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for the end of a process and returns its exit status. The future of a process would be completed
     * by the pool that all futures share.
     */
    public static int await(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a test", e);
        }
    }
}
