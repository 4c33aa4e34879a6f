package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A zone that one site publishes: its lock travels with it, so users of the receivers read it only. */
class PublishedZoneTest {

    @TempDir
    private Path home;

    private CommandRun site(String name) throws IOException {
        return new CommandRun(Files.createDirectory(home.resolve(name)));
    }

    private String at(String name) {
        return home.resolve(name).toString();
    }

    private static CommandRun.Result run(CommandRun site, ExitStatus expected, String... args) {
        CommandRun.Result result = site.run(args);
        assertEquals(expected, result.status(), String.join(" ", args) + "\n" + result.out() + result.err());
        return result;
    }

    @Test
    void usersOfAReceiverReadItOnly() throws IOException {
        CommandRun publisher = site("publisher");
        CommandRun receiver = site("receiver");
        Map<String, String> settings = Map.of("KVS_AUTH_ENABLED", "true");
        try (CommandRun.RunningNode from = publisher.startNode(settings);
                CommandRun.RunningNode to = receiver.startNode(settings)) {
            assertEquals(false, from.url().equals(to.url()));
            run(publisher, ExitStatus.DONE, "put", "plans/one", "1");
            run(publisher, ExitStatus.DONE, "chmod", "plans", "cdwr,---r,---r");
            run(publisher, ExitStatus.DONE, "partner", "add", "r", "--zone", "plans", "--send",
                    "--write-link", at("link"));
            run(receiver, ExitStatus.DONE, "partner", "add", "p", "--link", at("link"));
            run(publisher, ExitStatus.DONE, "bundle", "r", at("1"));
            run(receiver, ExitStatus.DONE, "merge", at("1"));
            run(receiver, ExitStatus.DONE, "user", "add", "john");
            CommandRun john = new CommandRun(home.resolve("receiver")).with("KVS_TOKEN",
                    run(receiver, ExitStatus.DONE, "token", "add", "john", "-q").out().strip());
            assertEquals("1", run(john, ExitStatus.DONE, "get", "plans/one").out());
            run(john, ExitStatus.FORBIDDEN, "put", "plans/one", "2");
            run(john, ExitStatus.FORBIDDEN, "put", "plans/new", "2");
            run(john, ExitStatus.FORBIDDEN, "rm", "plans/one");
            run(john, ExitStatus.DONE, "put", "own/new", "2");
            run(publisher, ExitStatus.DONE, "put", "plans/one", "3");
            run(publisher, ExitStatus.DONE, "bundle", "r", at("2"));
            run(receiver, ExitStatus.DONE, "merge", at("2"));
            assertEquals("3", run(john, ExitStatus.DONE, "get", "plans/one").out());
        }
    }
}
