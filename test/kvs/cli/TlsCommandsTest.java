package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kvs.command.ExitStatus;
import kvs.tls.TestCertificate;
import kvs.world.Logger;
import kvs.world.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and a node that serves https. */
class TlsCommandsTest {

    @TempDir
    private Path home;

    private void certificate() throws Exception {
        try {
            int status = new ProcessBuilder("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", home.resolve("key.pem").toString(), "-out",
                    home.resolve("cert.pem").toString()).redirectErrorStream(true)
                    .redirectOutput(home.resolve("openssl.log").toFile()).start().waitFor();
            assumeTrue(status == 0, "openssl makes no certificate");
        } catch (IOException missing) {
            assumeTrue(false, "openssl is not installed");
        }
    }

    /** Peers are clients of each other, by the same port and the same certificates. */
    @Test
    void membersReplicateOverTls() throws Exception {
        Path cert = Files.writeString(home.resolve("peer.pem"), TestCertificate.FIRST.cert());
        Path key = Files.createFile(home.resolve("peer.key"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, TestCertificate.FIRST.key());
        Map<String, String> settings = Map.of("KVS_TLS_CERT", cert.toString(), "KVS_TLS_KEY", key.toString(),
                "KVS_TLS_CA", cert.toString(), "KVS_CLUSTERING_ENABLED", "true", "KVS_CLUSTER_SECRET",
                "s".repeat(32));
        CommandRun first = new CommandRun(Files.createDirectory(home.resolve("first")))
                .with("KVS_NODE_ID", "first");
        CommandRun second = new CommandRun(Files.createDirectory(home.resolve("second")))
                .with("KVS_NODE_ID", "second");
        try (CommandRun.RunningNode seed = first.startNode(settings);
                CommandRun.RunningNode other = second.with("KVS_SEED_NODES",
                        seed.url().replace("https://", "")).startNode(settings)) {
            assertTrue(other.url().startsWith("https://"), other.url());
            assertEquals(ExitStatus.DONE, first.run("put", "a", "1").status());
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            CommandRun.Result read = second.run("get", "a");
            while (!read.out().equals("1")) {
                assertTrue(System.nanoTime() - until < 0, read.err());
                new Threads(Logger.none()).pause(20);
                read = second.run("get", "a");
            }
        }
    }

    @Test
    void certificateOfTheNodeOrItsAuthorityIsTrustedAndNoOther() throws Exception {
        certificate();
        String ca = home.resolve("cert.pem").toString();
        Map<String, String> settings = Map.of("KVS_TLS_CERT", ca, "KVS_TLS_KEY",
                home.resolve("key.pem").toString());
        try (CommandRun.RunningNode node = new CommandRun(home).startNode(settings)) {
            assertTrue(node.url().startsWith("https://"), node.url());
            assertEquals(ExitStatus.DONE, new CommandRun(home).run("put", "a", "1").status(), "on its"
                    + " machine");
            String token = new CommandRun(home).run("token").out().strip();
            String url = "https://localhost:" + node.url().replaceFirst(".*:", "");
            Path far = Files.createDirectory(home.resolve("far"));
            CommandRun person = new CommandRun(far).with("KVS_TOKEN", token);
            CommandRun.Result stranger = person.run("get", "a", "--endpoint", url);
            assertEquals(ExitStatus.UNREACHABLE, stranger.status());
            assertTrue(stranger.err().contains("no trusted authority has signed its certificate"),
                    stranger.err());
            assertEquals("1", person.run("get", "a", "--endpoint", url, "--ca", ca).out());
            CommandRun.Result named = person.run("get", "a", "--ca", ca, "--endpoint",
                    url.replace("localhost", "127.0.0.1"));
            assertTrue(named.err().contains("its certificate is for another name"), named.err());
            assertEquals(ExitStatus.DONE, person.run("login", url, "--ca", ca).status());
            assertEquals("1", new CommandRun(far).run("get", "a").out(), "the context has token and"
                    + " certificate");
            CommandRun.Result plain = person.run("get", "a", "--endpoint", url.replace("https", "http"));
            assertTrue(plain.status() != ExitStatus.DONE, plain.out());
        }
    }
}
