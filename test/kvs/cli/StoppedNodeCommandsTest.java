package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kvs.command.ExitStatus;
import kvs.world.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on the directory of a stopped node, at a terminal where everything takes long. */
class StoppedNodeCommandsTest {

    private static final String LINE = "(?s)\r.*B of .*B \\(\\d+ %\\), .*B/s.*\r +\r";

    @TempDir
    private Path home;
    private final AtomicLong looks = new AtomicLong();

    /** A clock that shows a second more at each look. */
    private final Clock slow = new Clock() {
        @Override
        public long wallMs() {
            return Clock.REAL.wallMs();
        }

        @Override
        public long nanos() {
            return looks.incrementAndGet() * 1_000_000_000;
        }
    };

    private CommandRun.Result run(String... args) {
        CommandRun.Result result = new CommandRun(home).at(slow).atTerminal("", "").run(args);
        assertEquals(ExitStatus.DONE, result.status(), String.join(" ", args) + "\n" + result.err());
        return result;
    }

    @Test
    void showTheirProgressAndRemoveIt() throws Exception {
        String data = Files.createDirectory(home.resolve("data")).toString();
        String file = home.resolve("one.backup").toString();
        byte[] lines = IntStream.range(0, 500)
                .mapToObj(i -> "{\"path\":\"k/" + i + "\",\"data\":" + i + "}\n")
                .collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8);
        assertEquals(ExitStatus.DONE, new CommandRun(home).run(lines, "import", "-", data).status());
        CommandRun.Result verified = run("verify", data);
        assertTrue(verified.out().startsWith("sound: 500 keys in "), verified.out());
        assertTrue(verified.err().matches(LINE), verified.err());
        assertEquals("", new CommandRun(home).at(slow).run("verify", data).err(), "nothing in a pipe");
        run("backup", file, data);
        String read = run("backup", "verify", file).err();
        assertTrue(read.matches(LINE), read);
        String restored = run("restore", file, home.resolve("again").toString()).err();
        assertTrue(restored.matches(LINE), restored);
        assertEquals(verified.out().replaceAll(" in .*\n", ""), run("verify", home.resolve("again")
                .toString()).out().replaceAll(" in .*\n", ""));
    }
}
