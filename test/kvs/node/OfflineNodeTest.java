package kvs.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import kvs.audit.AuditEvent;
import kvs.auth.Principal;
import kvs.config.Settings;
import kvs.log.DataDirectoryCheck;
import kvs.model.Refusal;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.RealTextFiles;
import kvs.world.SocketOwners;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineNodeTest {

    private static final OfflineNode.Secrets SECRETS = new OfflineNode.Secrets(List.of(new byte[32]), true);

    @TempDir
    private Path directory;

    /** A node that starts meanwhile would write into the same files. */
    @Test
    void holdsTheDirectoryUntilTheAuditLogIsClosed() throws Exception {
        Settings settings = Settings.read("", "", Map.of(), "machine");
        Environment environment = environment();
        OfflineNode node = new OfflineNode(settings, environment,
                StorageSettingsFactory.settings(settings, false), SECRETS);
        CompletableFuture<Void> written = new CompletableFuture<>();
        node.store().submit(new Write() {
            @Override
            public void decide(Transaction transaction) {
                transaction.note("a", new byte[] {1});
            }

            @Override
            public void written() {
                written.complete(null);
            }

            @Override
            public void refused(Refusal refusal) {
                written.completeExceptionally(refusal);
            }
        });
        AtomicLong head = new AtomicLong();
        node.close(() -> {
            assertTrue(written.isDone(), "a write in the queue is not in the line about it");
            assertTrue(inUse(environment), "the directory is free while the audit log is written");
            head.set(node.store().head());
            return Optional.of(new AuditEvent("import", Principal.OPERATOR_ID, "", OfflineNode.FROM, "", "",
                    200, head.get(), 1, 0));
        });
        written.join();
        assertTrue(head.get() > 0);
        assertFalse(inUse(environment));
        StringBuilder log = new StringBuilder();
        for (String name : FileDisk.open(directory.resolve("tamper")).list()) {
            log.append(Files.readString(directory.resolve("tamper").resolve(name), StandardCharsets.UTF_8));
        }
        assertEquals(1, log.toString().split("\"import\"", -1).length - 1, log.toString());
    }

    private static boolean inUse(Environment environment) {
        try {
            return DataDirectoryCheck.inUse(environment.data());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Environment environment() throws IOException {
        return new Environment(FileDisk.open(directory), () -> FileDisk.open(directory.resolve("tamper")),
                () -> FileDisk.open(directory.resolve("backups")), new RealTextFiles(Dice.real()), Clock.REAL,
                Dice.real(), Logger.none(), SocketOwners.real(), new Environment.MachineFacts("machine",
                        "test", directory.toString(), Optional.empty()), ProcessUsage.real());
    }
}
