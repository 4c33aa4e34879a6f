package kvs.command;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.RealTextFiles;
import kvs.world.TerminalDevice;

/** The surroundings of a command of a test: streams of the test, its clock, and no files. */
public final class InMemoryInvocation {

    private InMemoryInvocation() { }

    /** Surroundings without colours; {@code terminal} is whether a person reads both streams. */
    public static Invocation of(Clock clock, boolean terminal, OutputStream out, OutputStream err) {
        TerminalDevice device = new TerminalDevice() {
            @Override
            public boolean has(Stream stream) {
                return terminal;
            }

            @Override
            public Optional<String> readHidden(String prompt) {
                return Optional.empty();
            }
        };
        return new Invocation(InputStream.nullInputStream(), new PrintStream(out, true,
                StandardCharsets.UTF_8), out, new PrintStream(err, true, StandardCharsets.UTF_8), device,
                Map.of("NO_COLOR", "1"), Path.of("/none").toString(), "test", new RealTextFiles(Dice.real()),
                clock, stop -> { });
    }

    /** Surroundings whose output nobody reads. */
    public static Invocation unread(Clock clock) {
        return of(clock, false, OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
    }
}
