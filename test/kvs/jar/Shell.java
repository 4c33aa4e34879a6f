package kvs.jar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Scripts of bash, for tests of what people type. */
public final class Shell {

    /** A script that takes longer is ended, with all that it has started: its test fails and goes on. */
    private static final Executor TIME_OVER = CompletableFuture.delayedExecutor(4, TimeUnit.MINUTES);

    private Shell() { }

    /** Whether bash and a program are here. */
    public static boolean has(String program) {
        try {
            return run(Path.of("/"), "command -v " + program).status() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    /** Runs a script in a directory, which is its home too; {@code JAVA_HOME} is that of this process. */
    public static Jar.Printed run(Path directory, String script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script).directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        CompletableFuture<Void> end = CompletableFuture.runAsync(() -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }, TIME_OVER);
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        end.cancel(false);
        return new Jar.Printed(process.onExit().join().exitValue(), text);
    }
}
