package kvs.transfer;

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
import java.util.TreeMap;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/**
 * Files of other stores into directories of stopped nodes. The samples in {@code samples/} are from etcd 3.4,
 * redis-cli 7.0 and PouchDB's server; that of consul is made by hand after its documentation, and that of
 * couchbackup 2.11 after its source.
 */
class ForeignFilesTest {

    private static final Path SAMPLES = Path.of(System.getProperty("kvs.root"), "test/kvs/transfer/samples");

    private static final String EMPTY =
            "a segment is empty: use single slashes, and none at the start or the end";
    private static final String RENAME = ". --rename FROM=TO gives it another beginning";
    private static final String LEASE = "a lease, whose time the file does not tell: the document has no end";

    private final TransferLab lab = new TransferLab();
    private final SimDisk disk = lab.directory();

    private TransferReporter take(byte[] file, Import.ImportOptions plan) throws IOException {
        lab.files.put(TransferLab.FILE, file);
        try (OfflineEndpoint node = lab.open(disk)) {
            return lab.take(node, plan);
        }
    }

    private TransferReporter sample(String name, FileFormat format) throws IOException {
        return take(Files.readAllBytes(SAMPLES.resolve(name)), TransferLab.foreign(format));
    }

    private TransferReporter text(String file, FileFormat format) throws IOException {
        return take(file.getBytes(StandardCharsets.UTF_8), TransferLab.foreign(format));
    }

    /** The lines of the report but the summary. */
    private List<String> told() {
        List<String> all = lab.said().lines().toList();
        return all.subList(0, all.size() - 1);
    }

    private String summary() {
        List<String> all = lab.said().lines().toList();
        return all.get(all.size() - 1).replaceAll(", [0-9.]+ MB.*/s", "");
    }

    /**
     * Imports a sample: in a dry run, which changes nothing, then in earnest, then again without a change.
     * The result is the report without the summary.
     */
    private List<String> threeTimes(String name, FileFormat format, int documents, int refused)
            throws IOException {
        byte[] file = Files.readAllBytes(SAMPLES.resolve(name));
        String rest = refused > 0 ? ", " + refused + " refused" : "";
        String all = documents + " documents (" + documents + " new, 0 changed), 0 unchanged";
        TransferReporter dry = take(file, new Import.ImportOptions(format, false, PathRenames.NONE, true));
        assertEquals("dry run, nothing written: would import " + all + rest, summary());
        assertEquals(refused, dry.refused());
        List<String> said = told();
        assertFalse(lab.written, "the dry run has written");
        sample(name, format);
        assertTrue(lab.written);
        assertEquals("imported " + all + rest, summary());
        assertEquals(said, told(), "a dry run says what an import says");
        String before = lab.export(disk, "", false);
        take(file, TransferLab.foreign(format));
        int ending = (int) before.lines().filter(line -> line.contains("\"ttl\":")).count();
        assertEquals("imported " + ending + " documents (0 new, " + ending + " changed), "
                + (documents - ending) + " unchanged" + rest, summary());
        assertEquals(ending > 0, lab.written, "the second import writes only what expires");
        assertEquals(before.replaceAll("\"ttl\":\"[^\"]*\"", ""),
                lab.export(disk, "", false).replaceAll("\"ttl\":\"[^\"]*\"", ""));
        return said;
    }

    /** Each import gives a document the life that the file tells, although its text is the same. */
    @Test
    void secondImportRenewsTheTimeToLive() throws IOException {
        String line = "[\"a\",\"string\",%s,\"1\"]\n[\"b\",\"string\",-1,\"2\"]\n";
        for (String ttl : List.of("60000", "7200000", "-1")) {
            text(line.formatted(ttl), FileFormat.REDIS);
            text(line.formatted(ttl), FileFormat.REDIS);
        }
        assertEquals("imported 0 documents (0 new, 0 changed), 2 unchanged", summary());
        text(line.formatted("60000"), FileFormat.REDIS);
        text(line.formatted("7200000"), FileFormat.REDIS);
        assertEquals("imported 1 documents (0 new, 1 changed), 1 unchanged", summary());
        assertTrue(lab.export(disk, "a", false).matches("(?s).*\"ttl\":\"(2h|1h59m).*"),
                lab.export(disk, "a", false));
    }

    @Test
    void takesWhatEtcdctlWrites() throws IOException {
        List<String> told = threeTimes("etcd.json", FileFormat.ETCD, 8, 4);
        assertEquals(Map.of("-dash", "\"-v\"", "app/bin", "{\"base64\":\"AAH//g==\"}",
                "app/db", "{\"host\":\"db1\",\"port\":5432}", "app/empty", "\"\"",
                "app/name", "\"plain text\"", "app/port", "5432",
                "app/q'uote", "\"it's $HOME `x` \\\\ \\\"q\\\"\\u000atwo lines\"",
                "services/web", "{\"at\":\"10.0.0.1\"}"), lab.contents(disk));
        assertEquals(List.of(
                "line 1, entry 2: key '/rooted': " + EMPTY + ". --rename /= takes the first slash off",
                "line 1, entry 3: key '_secret': names that start with '_' are reserved" + RENAME,
                "line 1, entry 6: key 'app/dir/': " + EMPTY + RENAME,
                "line 1, entry 8: key 'app/metadata': a last segment 'metadata' refers to the metadata of its"
                        + " parent and cannot be a key" + RENAME,
                "line 1, entry 12: key 'services/web': " + LEASE,
                "4 entries: text that is not JSON, now a JSON string",
                "1 entry: binary, now {\"base64\":\"…\"}", "1 entry: " + LEASE), told);
    }

    @Test
    void putsKeysElsewhere() throws IOException {
        PathRenames renames =
                PathRenames.of(List.of("/=", "_=hidden-", "app/metadata=app/meta"), "old/etcd/");
        take(Files.readAllBytes(SAMPLES.resolve("etcd.json")),
                new Import.ImportOptions(FileFormat.ETCD, false, renames, false));
        assertTrue(lab.contents(disk).keySet().containsAll(List.of("old/etcd/rooted",
                "old/etcd/hidden-secret", "old/etcd/app/meta", "old/etcd/app/db")),
                lab.contents(disk).toString());
        assertTrue(summary().endsWith(", 1 refused"), summary());
    }

    @Test
    void takesWhatConsulExports() throws IOException {
        List<String> told = threeTimes("consul.json", FileFormat.CONSUL, 5, 2);
        assertEquals(Map.of("app/bin", "{\"base64\":\"AAH//g==\"}",
                "app/db", "{\"host\":\"db1\",\"port\":5432}", "app/empty", "\"\"",
                "app/name", "\"plain text\"", "app/port", "5432"), lab.contents(disk));
        assertTrue(told.contains("line 2, entry 1: key 'app/': a folder key without a value, left out"),
                told.toString());
        assertTrue(told.contains("line 12, entry 3: key 'app/db': flags, left out"), told.toString());
        assertTrue(told.contains("line 32, entry 7: key 'app/x/': " + EMPTY + RENAME), told.toString());
        assertTrue(told.contains("1 entry: a folder key without a value, left out")
                && told.contains("1 entry: flags, left out"), told.toString());
    }

    private static Map<String, String> animals() {
        return new TreeMap<>(Map.of("aardvark",
                "{\"min_weight\":40,\"latin\":\"Orycteropus afer\",\"tags\":[\"ü\",\"é\"]}", "farm:cow",
                "{\"type\":\"cow\"}", "mule", "{\"v\":3}", "zebra", "{\"legs\":4}"));
    }

    @Test
    void takesAllDocumentsOfCouch() throws IOException {
        List<String> told = threeTimes("couch_all_docs.json", FileFormat.COUCHDB, 4, 0);
        assertEquals(animals(), lab.contents(disk));
        assertEquals(List.of("line 2, entry 1: key '_design/views': a design document, left out",
                "line 6, entry 5: key 'zebra': attachments, left out",
                "line 7, entry 6: key 'no.longer': deleted, left out", "1 entry: deleted, left out",
                "1 entry: a design document, left out", "1 entry: attachments, left out"), told);
    }

    /** The lines were cut off once, and three revisions of the mule are leaves. */
    @Test
    void takesLinesOfCouchbackup() throws IOException {
        List<String> told = threeTimes("couchbackup.txt", FileFormat.COUCHDB, 4, 0);
        assertEquals(animals(), lab.contents(disk));
        assertEquals(2, told.stream().filter(line -> line.endsWith(
                "key 'mule': a version that lost a conflict, left out")).count(), told.toString());
        assertTrue(told.contains("line 4, entry 9: key 'zebra': attachments, left out"), told.toString());
    }

    @Test
    void takesLinesOfRedis() throws IOException {
        List<String> told = threeTimes("redis.txt", FileFormat.REDIS, 13, 2);
        Map<String, String> expected = new TreeMap<>(Map.of("users:john", "{\"age\":30}", "app:port", "5432",
                "text", "\"a \\\"quoted\\\" text\\u000awith a line, tab\\u0009and ü\"", "bin",
                "{\"base64\":\"AAH//g==\"}", "badutf", "{\"base64\":\"YcMo\"}", "session:1", "{\"u\":1}",
                "app:empty", "\"\"", "sp ace's", "\"v\""));
        expected.putAll(Map.of("h", "{\"name\":\"John\",\"age\":\"30\"}", "l",
                "[\"a\",\"b\",\"\\\"c\\\"\"]", "s", "[\"x\",\"y\",\"z\"]", "z",
                "[{\"member\":\"a\",\"score\":1.5},{\"member\":\"b\",\"score\":2},"
                        + "{\"member\":\"c\",\"score\":\"inf\"}]",
                "st", "[{\"id\":\"1-1\",\"fields\":[\"f\",\"v\",\"f\",\"v2\"]}]"));
        assertEquals(expected, lab.contents(disk));
        assertTrue(lab.export(disk, "session", false).contains("\"ttl\":\"59m"),
                "the rest of a life is kept");
        assertTrue(told.toString().contains("the key is not UTF-8"), told.toString());
    }

    @Test
    void tellsWhatIsNoSuchFile() throws IOException {
        for (FileFormat format : List.of(FileFormat.ETCD, FileFormat.CONSUL, FileFormat.COUCHDB)) {
            assertEquals(1, text("", format).refused());
            assertTrue(lab.said().contains("the file is empty"), lab.said());
            assertEquals(1, text("no JSON", format).refused());
            assertTrue(lab.said().contains("expected an object or an array"), lab.said());
            assertEquals(1, text("{\"other\":1}", format).refused());
        }
        text("{\"error\":\"unauthorized\",\"reason\":\"no\"}", FileFormat.COUCHDB);
        assertTrue(lab.said().contains("CouchDB answered \"unauthorized\" \"no\""), lab.said());
        text("{\"total_rows\":1,\"rows\":[{\"id\":\"a\",\"value\":{\"rev\":\"1-a\"}}]}", FileFormat.COUCHDB);
        assertTrue(lab.said().contains("'a' has no field 'doc': read _all_docs with ?include_docs=true"),
                lab.said());
        assertEquals(1, text("error:\"NOSCRIPT No matching script.\"", FileFormat.REDIS).refused());
        assertTrue(lab.said().contains("line 1: this is no line of the script in the manual: error:"),
                lab.said());
        assertEquals(0, text("{\"header\":{\"revision\":1}}", FileFormat.ETCD).refused());
        assertEquals(0, text("[]", FileFormat.CONSUL).refused());
        assertEquals(Map.of(), lab.contents(disk));
    }

    /** What was read before the fault is imported, and the fault has a place. */
    @Test
    void takesWhatIsBeforeTheCut() throws IOException {
        String etcd = "{\"header\":{},\"kvs\":[\n{\"key\":\"YQ==\",\"value\":\"MQ==\"},\n{\"key\":\"Yg==\",";
        assertEquals(1, text(etcd, FileFormat.ETCD).refused());
        assertEquals(List.of("line 3, entry 2: the file is cut off"), told());
        assertEquals(Map.of("a", "1"), lab.contents(disk));
        String part = "{\"header\":{},\"kvs\":[{\"key\":\"Yw==\",\"value\":\"MQ==\"}],"
                + "\"more\":true,\"count\":2}\n";
        assertEquals(1, text(part, FileFormat.ETCD).refused());
        assertTrue(lab.said().contains("the file is only a part"), lab.said());
        assertEquals(0, text(part + part.replace("\"more\":true,", ""), FileFormat.ETCD).refused());
    }

    @Test
    void refusesAnEntryAndTakesTheNext() throws IOException {
        TransferReporter report = text("[{\"key\":5},{\"key\":\"a\",\"value\":\"!\"},{\"value\":\"MQ==\"},7,"
                + "{\"key\":\"a\",\"key\":\"b\"},{\"key\":\"big\",\"value\":\""
                + "A".repeat(4 * TransferLab.DOCUMENT_MAX)
                + "\"},{\"key\":\"good\",\"flags\":0,\"value\":null}]", FileFormat.CONSUL);
        assertEquals(6, report.refused());
        assertEquals(Map.of("good", "\"\""), lab.contents(disk));
    }

    /** A key that stands twice in a dump is not compared with what is there before the first of them. */
    @Test
    void theLastOfTwoHolds() throws IOException {
        String entry = "{\"key\":\"a\",\"value\":\"%s\"}";
        text("[" + String.format(entry, "MQ==") + "]", FileFormat.CONSUL);
        String both = "[" + String.format(entry, "Mg==") + "," + String.format(entry, "MQ==") + "]";
        text(both, FileFormat.CONSUL);
        assertEquals(Map.of("a", "1"), lab.contents(disk));
        try (OfflineEndpoint node = lab.open(disk)) {
            lab.files.put(TransferLab.FILE, both.getBytes(StandardCharsets.UTF_8));
            lab.take(lab.new Brittle(node, 1, 2), TransferLab.foreign(FileFormat.CONSUL));
        }
        assertEquals(Map.of("a", "1"), lab.contents(disk));
    }

    @Test
    void goesOnWhereItWasInterrupted() throws IOException {
        byte[] file = Files.readAllBytes(SAMPLES.resolve("couchbackup.txt"));
        for (FileFormat format : List.of(FileFormat.ETCD, FileFormat.COUCHDB)) {
            byte[] bytes = format == FileFormat.COUCHDB ? file
                    : Files.readAllBytes(SAMPLES.resolve("etcd.json"));
            SimDisk fresh = lab.directory();
            lab.files.put(TransferLab.FILE, bytes);
            int batches = 0;
            try (OfflineEndpoint node = lab.open(fresh)) {
                for (boolean done = false; !done; batches++) {
                    try {
                        lab.take(lab.new Brittle(node, 1, 1), TransferLab.foreign(format));
                        done = true;
                    } catch (IOException broken) {
                        assertEquals("broken", broken.getMessage());
                    }
                    assertTrue(batches == 0 || lab.said().contains("continuing after line"), lab.said());
                }
            }
            assertTrue(batches >= 4, batches + " batches");
            SimDisk whole = lab.directory();
            try (OfflineEndpoint node = lab.open(whole)) {
                lab.take(node, TransferLab.foreign(format));
            }
            assertEquals(lab.contents(whole), lab.contents(fresh));
            assertEquals(Optional.empty(), lab.files.list().stream().filter(name -> name.contains("progress"))
                    .findFirst());
        }
    }
}
