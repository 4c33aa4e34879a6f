package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on rights and accounts, against a real node. */
class AccessCommandsTest {

    @TempDir
    private static Path home;
    private static CommandRun.RunningNode node;

    @BeforeAll
    static void startsANode() throws Exception {
        node = new CommandRun(home).startNode(Map.of());
        done("user", "add", "root", "--admin");
        done("user", "add", "john");
        done("user", "add", "ann");
    }

    @AfterAll
    static void stopsIt() {
        node.close();
    }

    private static CommandRun.Result run(String... args) {
        return new CommandRun(home).run(args);
    }

    private static CommandRun.Result done(String... args) {
        CommandRun.Result result = run(args);
        assertEquals(ExitStatus.DONE, result.status(), String.join(" ", args) + "\n" + result.err());
        return result;
    }

    private static CommandRun as(String user) {
        return new CommandRun(home).with("KVS_TOKEN", done("token", "add", user, "-q").out().strip());
    }

    @Test
    void usersAreCreatedListedAndRemoved() {
        assertTrue(done("user", "add", "max", "--admin").out().matches("max  [0-9a-f-]{36}  created\n"));
        assertTrue(done("user", "ls").out().lines().anyMatch(line -> line.matches("max +\\S+  admin  .*Z")));
        assertTrue(done("user").out().contains("john"));
        CommandRun.Result asked = run("user", "rm", "max");
        assertEquals(ExitStatus.MISUSED, asked.status());
        assertTrue(asked.err().contains("add --yes to remove max and all tokens"), asked.err());
        done("user", "rm", "max", "--yes");
        assertFalse(done("user", "ls").out().contains("max"));
        CommandRun.Result none = run("user", "rm", "max", "--yes");
        assertEquals(ExitStatus.ABSENT, none.status());
        assertTrue(none.err().contains("max was not removed: there is no user 'max'. 'kvs user ls' lists"),
                none.err());
        assertEquals(ExitStatus.FORBIDDEN, as("john").run("user", "ls").status());
        assertEquals(ExitStatus.MISUSED, run("user", "ls", "--admin").status());
    }

    @Test
    void groupsHaveMembers() {
        done("group", "add", "staff", "john");
        assertTrue(done("group", "ls").out().contains("staff  "));
        assertTrue(done("group", "show", "staff").out().startsWith("john  "));
        assertTrue(done("group", "join", "staff", "ann", "john").out().endsWith("2 members\n"));
        assertTrue(done("group", "leave", "staff", "john").out().endsWith("1 members\n"));
        assertTrue(done("group", "show", "staff").out().startsWith("ann  "));
        assertEquals(ExitStatus.ABSENT, run("group", "join", "staff", "nobody").status());
        done("group", "rm", "staff");
        assertEquals(ExitStatus.ABSENT, run("group", "show", "staff").status());
    }

    @Test
    void tokensAreMadeListedAndRevoked() {
        CommandRun.Result made = done("token", "add", "john", "--scopes", "read", "--ttl", "1h");
        String token = made.out().strip();
        String id = made.err().replaceFirst("(?s)kvs: token (\\S+), valid until .*", "$1");
        assertTrue(done("token", "ls", "john").out().contains(id + "  john  read  "), id);
        assertFalse(done("token", "ls").out().contains(token));
        CommandRun john = new CommandRun(home).with("KVS_TOKEN", token);
        assertEquals(ExitStatus.DONE, john.run("ls").status());
        assertEquals(ExitStatus.FORBIDDEN, john.run("put", "a", "1").status());
        done("token", "rm", id);
        assertEquals(ExitStatus.FORBIDDEN, john.run("ls").status());
        assertEquals(ExitStatus.ABSENT, run("token", "rm", id).status());
        assertEquals(ExitStatus.ABSENT, run("token", "add", "nobody").status());
        assertTrue(as("ann").run("token", "add", "-o", "json").out().contains("\"token\":\""),
                "a user makes tokens without being an administrator");
        assertEquals(ExitStatus.DONE, run("token", "--user", "john").status(), "the old form");
    }

    @Test
    void rightsAreSetExplainedAndRemoved() {
        done("group", "add", "crew", "ann");
        done("put", "ours/x", "1");
        assertTrue(done("chown", "ours/", "--owner", "john", "--group", "crew").out().contains("  owner "));
        assertTrue(done("chmod", "/ours/", "cdwr,---r,----").out().startsWith("ours  cdwr,---r,----  "));
        assertEquals(ExitStatus.DONE, run("can", "john", "write", "ours/x").status());
        CommandRun.Result read = run("can", "ann", "read", "ours/x");
        assertTrue(read.out().startsWith("yes  ") && read.out().contains("as group  from ours"), read.out());
        CommandRun.Result write = run("can", "ann", "write", "ours/x");
        assertEquals(ExitStatus.FORBIDDEN, write.status());
        assertTrue(write.out().startsWith("no   ") || write.out().startsWith("no  "), write.out());
        assertEquals(ExitStatus.DONE, as("john").run("put", "ours/x", "2").status());
        assertEquals(ExitStatus.FORBIDDEN, as("ann").run("put", "ours/x", "3").status());
        assertEquals(ExitStatus.DONE, as("ann").run("can", "read", "ours/x").status());
        assertEquals(ExitStatus.FORBIDDEN, as("ann").run("can", "write", "ours/x").status());
        assertEquals(ExitStatus.ABSENT, run("can", "nobody", "read", "ours/x").status());
        assertTrue(done("chmod", "ours").out().contains("cdwr,---r,----"));
        assertTrue(done("chmod", "ours", "--reset").out().contains("  from "));
        assertEquals(ExitStatus.MISUSED, run("chmod", "ours", "rwx").status());
        assertEquals(ExitStatus.MISUSED, run("chown", "ours").status());
        assertEquals(ExitStatus.ABSENT, run("chown", "ours", "--owner", "nobody").status());
    }

    @Test
    void onlyAnAdministratorAsksAboutOthers() {
        String id = done("user", "ls").out().lines().filter(line -> line.startsWith("john "))
                .map(line -> line.split(" +")[1]).findFirst().orElseThrow();
        CommandRun.Result refused = as("ann").run("can", id, "read", "a");
        assertEquals(ExitStatus.FORBIDDEN, refused.status());
        assertTrue(refused.err().contains("only an administrator may ask about others"), refused.err());
        assertEquals("", refused.out());
    }
}
