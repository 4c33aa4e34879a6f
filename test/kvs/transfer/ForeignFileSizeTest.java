package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import kvs.log.StorageSettings;
import kvs.sim.Depth;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dumps with as many keys as people have: each is imported twice, and is never in memory as a whole. */
@Tag(Depth.DEEP)
class ForeignFileSizeTest {

    private static final int KEYS = Depth.of(1_500, 100_000);

    private final TransferLab lab = new TransferLab();

    /** A generated dump: a head, an entry for each number with separators between, and a tail. */
    private record Dump(FileFormat format, String head, IntFunction<String> entry, String separator,
            String tail) {

        InputStream open() {
            return new InputStream() {
                private byte[] part = head.getBytes(StandardCharsets.UTF_8);
                private int at;
                private int next;

                @Override
                public int read() {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] into, int from, int length) {
                    if (at == part.length) {
                        if (next > KEYS) {
                            return -1;
                        }
                        part = part(next++).getBytes(StandardCharsets.UTF_8);
                        at = 0;
                    }
                    int some = Math.min(length, part.length - at);
                    System.arraycopy(part, at, into, from, some);
                    at += some;
                    return some;
                }
            };
        }

        private String part(int number) {
            return number == KEYS ? tail : (number == 0 ? "" : separator) + entry.apply(number);
        }
    }

    private static String key(int number) {
        return String.format(Locale.ROOT, "app/%04d/%06d", number % 1_000, number);
    }

    private static String document(int number) {
        return "{\"id\":" + number + ",\"name\":\"the name of number " + number + "\"}";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Dump> dumps() {
        return List.of(
                new Dump(FileFormat.ETCD, "{\"header\":{\"revision\":1},\"kvs\":[", number -> "{\"key\":\""
                        + base64(key(number)) + "\",\"version\":1,\"value\":\""
                        + base64(document(number)) + "\"}", ",", "],\"count\":" + KEYS + "}\n"),
                new Dump(FileFormat.CONSUL, "[\n", number -> "\t{\n\t\t\"key\": \"" + key(number)
                        + "\",\n\t\t\"flags\": 0,\n\t\t\"value\": \"" + base64(document(number)) + "\"\n\t}",
                        ",\n", "\n]\n"),
                new Dump(FileFormat.COUCHDB, "{\"total_rows\":" + KEYS + ",\"offset\":0,\"rows\":[\r\n",
                        number -> "{\"id\":\"" + key(number) + "\",\"key\":\"" + key(number)
                        + "\",\"value\":{\"rev\":\"1-ab\"},\"doc\":{\"_id\":\"" + key(number)
                        + "\",\"_rev\":\"1-ab\"," + document(number).substring(1) + "}", ",\r\n", "\r\n]}\n"),
                new Dump(FileFormat.REDIS, "", number -> "[\"" + key(number) + "\",\"string\",-1,\""
                        + document(number).replace("\"", "\\\"") + "\"]", "\n", "\n"));
    }

    @Test
    void takesEachDumpOnce() throws IOException {
        lab.storage = StorageSettings.DEFAULT;
        for (Dump dump : dumps()) {
            SimDisk disk = lab.directory();
            try (OfflineEndpoint node = lab.open(disk)) {
                TransferReporter report = lab.report();
                new Import(node, TransferLab.foreign(dump.format), report).run(dump::open, Optional.empty());
                assertEquals(0, report.refused(), lab.said());
                assertEquals(KEYS, report.documents(), dump.format + ": " + lab.said());
                TransferReporter again = lab.report();
                new Import(node, TransferLab.foreign(dump.format), again).run(dump::open, Optional.empty());
                assertEquals(0, again.documents(), dump.format + ": " + lab.said());
                assertTrue(lab.said().contains(String.format(Locale.ROOT, "%,d unchanged", KEYS)),
                        lab.said());
                TransferItem.DocumentItem one = (TransferItem.DocumentItem) node
                        .documents(key(1_234), Optional.empty()).items().get(0);
                assertEquals(document(1_234), new String(one.json(), StandardCharsets.UTF_8));
            }
        }
    }
}
