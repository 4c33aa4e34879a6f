package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory and a backup of the first version, which every later version must read; and files of later
 * formats, which are refused by the name of the version that they need. Bundles have samples of their own.
 */
class StoredSamplesTest {

    private static final Path SAMPLES = Path.of(System.getProperty("kvs.root"), "test/kvs/cli/samples");
    private static final String ROOT = "3950b4221998b5a3a52a8e298583145dae2c06e61c2bf0aed1380f21fec606c8";

    @TempDir
    private Path home;

    private String at(String name) {
        return home.resolve(name).toString();
    }

    private CommandRun.Result run(ExitStatus expected, String... args) {
        CommandRun.Result result = new CommandRun(home).run(args);
        assertEquals(expected, result.status(), String.join(" ", args) + "\n" + result.out() + result.err());
        return result;
    }

    private Path sampleDirectory() throws IOException {
        Path data = Files.createDirectory(home.resolve("data"));
        try (InputStream in = Files.newInputStream(SAMPLES.resolve("version1-data.zip"));
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.write(data.resolve(entry.getName()), zip.readAllBytes());
            }
        }
        return data;
    }

    private void assertContent(String data) throws IOException {
        run(ExitStatus.DONE, "export", data, at("out.ndjson"));
        String lines = Files.readString(home.resolve("out.ndjson"));
        assertTrue(lines.contains("\"path\":\"docs/one\"") && lines.contains("{\"n\":2}"), lines);
        assertTrue(lines.contains("\"" + "two ".repeat(100) + "\""), lines);
        assertTrue(lines.contains("\"path\":\"long\"") && !lines.contains("gone"), lines);
        Files.delete(home.resolve("out.ndjson"));
    }

    @Test
    void directoryOfVersion1IsRead() throws IOException {
        String data = sampleDirectory().toString();
        String verified = run(ExitStatus.DONE, "verify", data).out();
        assertTrue(verified.startsWith("sound: 4 keys in 12 records, 1 segments"), verified);
        assertContent(data);
        String backup = run(ExitStatus.DONE, "backup", at("again.backup"), data).out();
        assertTrue(backup.contains(ROOT), "the same index: " + backup);
    }

    @Test
    void backupOfVersion1IsRead() throws IOException {
        String sample = SAMPLES.resolve("version1.backup").toString();
        String verified = run(ExitStatus.DONE, "verify", sample).out();
        assertTrue(verified.startsWith("sound: 4 keys in ") && verified.contains(ROOT), verified);
        run(ExitStatus.DONE, "restore", sample, at("restored"));
        assertContent(at("restored"));
    }

    @Test
    void laterFormatIsRefusedByTheVersionThatItNeeds() throws IOException {
        Path data = sampleDirectory();
        String manifest = Files.readString(data.resolve("MANIFEST"));
        Files.writeString(data.resolve("MANIFEST"), manifest.replace("kvs 1\n", "kvs 2 needs 1.4.0\n")
                .replaceAll("crc [0-9a-f]+", "crc 1"));
        for (String command : new String[] {"verify", "export"}) {
            String[] args = command.equals("verify") ? new String[] {command, data.toString()}
                    : new String[] {command, data.toString(), at("x.ndjson")};
            String refused = run(ExitStatus.NEWER_FILE, args).err();
            assertTrue(refused.contains("was written by a newer version of KVS: start version 1.4.0 or a"
                    + " later one"), refused);
        }
        byte[] backup = Files.readAllBytes(SAMPLES.resolve("version1.backup"));
        byte[] needs = "1.4.0\0\0\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
        backup[7] = '2';
        System.arraycopy(needs, 0, backup, 8, needs.length);
        Files.write(home.resolve("later.backup"), backup);
        String refused = run(ExitStatus.NEWER_FILE, "verify", at("later.backup")).err();
        assertTrue(refused.contains("newer version of KVS: use version 1.4.0 or a later one"), refused);
        run(ExitStatus.NEWER_FILE, "restore", at("later.backup"), at("never"));
        byte[] bundle = new byte[600];
        System.arraycopy("KVSBND 2".getBytes(StandardCharsets.US_ASCII), 0, bundle, 0, 8);
        System.arraycopy(needs, 0, bundle, 8, needs.length);
        Files.write(home.resolve("later.bundle"), bundle);
        String inspected = run(ExitStatus.NEWER_FILE, "inspect", at("later.bundle")).err();
        assertTrue(inspected.contains("install version 1.4.0 or a later one here first"), inspected);
        Files.writeString(home.resolve("later.proof"), "kvs-proof 2 needs 1.4.0\nsomething\n");
        String checked = run(ExitStatus.NEWER_FILE, "check", at("later.proof")).err();
        assertTrue(checked.contains("check it with version 1.4.0 or a later one"), checked);
    }
}
