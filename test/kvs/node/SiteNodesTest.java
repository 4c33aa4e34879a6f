package kvs.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.config.Settings;
import kvs.gateway.AnswerCheck;
import kvs.gateway.JdkEngine;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.RealTextFiles;
import kvs.world.SocketOwners;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two running sites of one node each, which exchange files by their API alone. */
class SiteNodesTest {

    static {
        JdkEngine.PROPERTIES.forEach(System::setProperty);
    }

    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .build();

    @TempDir
    private static Path directory;
    private static Node a;
    private static Node b;

    @BeforeAll
    static void startsBoth() throws Exception {
        a = node("a");
        b = node("b");
        link("docs", "{\"zones\":[[\"docs\"]]}");
    }

    @AfterAll
    static void stopsBoth() {
        a.close();
        b.close();
    }

    private static Node node(String name) throws Exception {
        Path data = directory.resolve(name);
        Environment environment = new Environment(FileDisk.open(data),
                () -> FileDisk.open(data.resolve("tamper")),
                () -> FileDisk.open(directory.resolve("backups")),
                new RealTextFiles(Dice.real()), Clock.REAL, Dice.real(), Logger.none(), SocketOwners.real(),
                new Environment.MachineFacts("machine", "test", directory.toString(), Optional.empty()),
                ProcessUsage.real());
        return new Node(Settings.read("test", "node_id: " + name + "\nport: 0\nbackup_enabled: false\n"
                + "auth_enabled: false\nrate_limiting_enabled: false\ndata_dir: " + data + "\n", Map.of(),
                "machine"), environment, false);
    }

    /** Makes the two sites partners, each under the name of the link and of the other site. */
    private static void link(String name, String body) {
        String made = text(201, send(a, "PUT", "/admin/partners/" + name + "-b", body));
        String link = made.replaceAll("(?s).*\"link\":(\\{.*})}\\s*", "$1");
        String used = text(201, send(b, "PUT", "/admin/partners/" + name + "-a", "{\"link\":" + link + "}"));
        assertFalse(used.contains("secret"), used);
    }

    private static HttpResponse<String> send(Node node, String method, String target, String body) {
        return send(node, method, target, body.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse<String> send(Node node, String method, String target, byte[] body) {
        try {
            return AnswerCheck.checked(CLIENT.send(HttpRequest.newBuilder(URI.create(node.url() + target))
                    .method(method, body.length == 0 ? HttpRequest.BodyPublishers.noBody()
                            : HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String text(int expected, HttpResponse<String> answer) {
        assertEquals(expected, answer.statusCode(), answer.body());
        return answer.body();
    }

    private static void put(Node node, String path, String json) {
        assertEquals(2, send(node, "PUT", "/kv/" + path, json).statusCode() / 100);
    }

    private static byte[] bundle(Node node, String partner) {
        HttpResponse<String> answer = send(node, "POST", "/admin/bundles",
                "{\"partner\":\"" + partner + "\"}");
        assertEquals(200, answer.statusCode());
        assertTrue(answer.headers().firstValue("KVS-Bundle-Number").isPresent());
        return bytes(answer);
    }

    private static byte[] bytes(HttpResponse<String> answer) {
        return answer.body().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Brings a file to a node, and returns its target. */
    private static String bring(Node node, byte[] file) {
        String begun = text(201, send(node, "POST", "/admin/merges", "{\"bytes\":" + file.length + "}"));
        String target = "/admin/merges/" + member(begun, "id");
        text(200, send(node, "PUT", target + "?offset=0", file));
        return target;
    }

    private static String member(String json, String name) {
        return json.replaceFirst("(?s).*?\"" + name + "\":\"?([^\",}]*).*", "$1");
    }

    /** Merges a file, or verifies it, and returns the result. */
    private static String work(Node node, byte[] file, boolean verify) {
        String target = bring(node, file);
        String result = work(node, target, verify);
        assertEquals(204, send(node, "DELETE", target, "").statusCode());
        return result;
    }

    private static String work(Node node, String target, boolean verify) {
        text(202, send(node, "POST", target, "{\"verify\":" + verify + "}"));
        String state;
        do {
            state = text(200, send(node, "GET", target, ""));
        } while (state.contains("\"state\":\"checking\"") || state.contains("\"state\":\"merging\""));
        return state;
    }

    @Test
    void bothSitesBecomeEqualByFiles() {
        link("equal", "{\"zones\":[[\"equal\"]]}");
        put(a, "equal/one", "1");
        put(b, "equal/two", "2");
        byte[] first = bundle(a, "equal-b");
        String target = bring(b, first);
        String verified = work(b, target, true);
        assertEquals("sound", member(verified, "sentence"));
        assertTrue(verified.contains("\"paths\":[\"equal\"],\"form\":\"full\",\"versions\":1,\"keys\":1,"),
                verified);
        assertEquals(404, send(b, "GET", "/kv/equal/one", "").statusCode(), "verify changes nothing");
        String merged = work(b, target, false);
        assertEquals("merged: 1 of 1 versions of equal-a", member(merged, "sentence"));
        assertTrue(merged.contains("\"exit_status\":0"), merged);
        assertEquals("1", text(200, send(b, "GET", "/kv/equal/one?raw", "")).strip());
        assertEquals("nothing_new", member(work(b, first, false), "verdict"), "a file may come twice");
        assertEquals("merged", member(work(a, bundle(b, "equal-a"), false), "verdict"));
        String health = text(200, send(b, "GET", "/health?verbose", ""));
        assertTrue(health.matches("(?s).*\"partners\":\\[.*\\{\"name\":\"equal-a\",\"sends\":true,"
                + "\"receives\":true,\"last_bundle\":1,\"heard_at\":[1-9].*"), health);
        String metrics = text(200, send(b, "GET", "/metrics", ""));
        assertTrue(metrics.contains("kvs_partner_waiting_versions{partner=\"equal-a\"} 0"), metrics);
        byte[] receipt = bytes(send(a, "GET", "/admin/receipts?partner=equal-b", ""));
        String compared = work(b, receipt, true);
        assertTrue(compared.contains("\"form\":\"statement\"") && compared.contains("\"equal\":true"),
                compared);
        assertEquals("receipt_taken", member(work(b, receipt, false), "verdict"));
        assertTrue(text(200, send(b, "GET", "/admin/partners/equal-a", "")).contains("\"last_bundle\":1"));
    }

    @Test
    void filesArriveInPartsAndAgain() {
        byte[] file = bundle(a, "docs-b");
        String begun = text(201, send(b, "POST", "/admin/merges", "{\"bytes\":" + file.length + "}"));
        String target = "/admin/merges/" + member(begun, "id");
        int half = file.length / 2;
        byte[] first = Arrays.copyOf(file, half);
        text(200, send(b, "PUT", target + "?offset=0", first));
        String gap = text(400, send(b, "PUT", target + "?offset=" + (half + 1), first));
        assertTrue(gap.contains("go on with offset=" + half), gap);
        text(200, send(b, "PUT", target + "?offset=0", first));
        assertTrue(text(200, send(b, "GET", target, "")).contains("\"bytes\":" + half));
        String early = text(400, send(b, "POST", target, "{\"verify\":false}"));
        assertTrue(early.contains("go on with offset=" + half), early);
        assertTrue(text(400, send(b, "PUT", target + "?offset=" + half, file)).contains("ends behind the"));
        text(200, send(b, "PUT", target + "?offset=" + half, Arrays.copyOfRange(file, half, file.length)));
        assertTrue(work(b, target, false).contains("\"exit_status\":0"));
        text(409, send(b, "POST", target, "{\"verify\":false}"));
        text(409, send(b, "PUT", target + "?offset=0", first));
        assertEquals(204, send(b, "DELETE", target, "").statusCode());
        text(404, send(b, "GET", target, ""));
        String large = text(507, send(b, "POST", "/admin/merges",
                "{\"bytes\":" + (Long.MAX_VALUE / 8) + "}"));
        assertTrue(large.contains("free bytes"), large);
    }

    @Test
    void oneWayBundleCountsOnlyOnceItIsWritten() throws Exception {
        link("diode", "{\"zones\":[[\"diode\"]],\"sends\":true}");
        put(a, "diode/one", "1");
        byte[] lost = bundle(a, "diode-b");
        byte[] again = bundle(a, "diode-b");
        assertTrue(work(b, again, true).contains("\"form\":\"full\""), "nobody has confirmed the first one");
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(again));
        String written = "{\"sha256\":\"" + hash + "\"}";
        String wrong = text(404, send(a, "PUT", "/admin/bundles/1/written", written));
        assertTrue(wrong.contains("Make a new one"), wrong);
        String noted = text(200, send(a, "PUT", "/admin/bundles/2/written", written));
        assertEquals("{\"partner\":\"diode-b\",\"number\":2,\"delivered\":true}", noted.strip());
        put(a, "diode/two", "2");
        byte[] next = bundle(a, "diode-b");
        String refused = work(b, next, false);
        assertEquals("missing", member(refused, "verdict"));
        assertTrue(refused.contains("\"exit_status\":3"), refused);
        assertEquals("merged", member(work(b, lost, false), "verdict"), "the first has the same");
        assertEquals("merged", member(work(b, next, false), "verdict"));
        assertTrue(text(400, send(b, "POST", "/admin/bundles", "{\"partner\":\"diode-a\"}"))
                .contains("only comes in"));
        assertTrue(text(400, send(a, "GET", "/admin/receipts?partner=diode-b", ""))
                .contains("only goes out"));
    }

    /** With an overlap of three the third last bundle counts, and a confirmation that comes again is none. */
    @Test
    void repeatedConfirmationCountsOnce() throws Exception {
        link("overlap", "{\"zones\":[[\"overlap\"]],\"sends\":true,\"overlap\":3}");
        put(a, "overlap/one", "1");
        byte[] lost = bundle(a, "overlap-b");
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(lost));
        for (int i = 0; i < 3; i++) {
            text(200, send(a, "PUT", "/admin/bundles/1/written", "{\"sha256\":\"" + hash + "\"}"));
        }
        put(a, "overlap/two", "2");
        assertTrue(work(b, bundle(a, "overlap-b"), true).contains("\"form\":\"full\""),
                "the first one may be lost");
    }

    @Test
    void badFilesAreRefusedEachWithItsStatus() {
        byte[] file = bundle(a, "docs-b");
        assertTrue(work(a, file, false).contains("\"exit_status\":6"), "its maker is the wrong site");
        byte[] cut = Arrays.copyOf(file, file.length - 1);
        assertTrue(work(b, cut, false).contains("\"exit_status\":7"));
        byte[] newer = file.clone();
        newer[7] = '2';
        assertTrue(work(b, newer, false).contains("\"exit_status\":8"));
        String empty = text(201, send(b, "POST", "/admin/merges", "{\"bytes\":0}"));
        assertTrue(work(b, "/admin/merges/" + member(empty, "id"), false).contains("\"exit_status\":7"));
        assertEquals(0, Optional.ofNullable(directory.resolve("b/incoming").toFile().list()).orElseThrow()
                .length, "files that were merged or refused are removed");
    }

    @Test
    void partnersAreShownWithoutSecretsAndRemoved() {
        link("gone", "{\"zones\":[[\"gone\"],[\"_accounts\"]],\"receives\":true}");
        String listed = text(200, send(a, "GET", "/admin/partners/", ""));
        assertTrue(listed.contains("\"name\":\"gone-b\"") && !listed.contains("secret"), listed);
        String again = text(400, send(a, "PUT", "/admin/partners/gone-b", "{\"zones\":[[\"x\"]]}"));
        assertTrue(again.contains("there is a partner gone-b already"), again);
        text(400, send(a, "PUT", "/admin/partners/x", "{\"zones\":[[\"gone/below\"]]}"));
        text(400, send(a, "PUT", "/admin/partners/x", "{\"zones\":[]}"));
        text(400, send(a, "PUT", "/admin/partners/x", "{\"zones\":[[]]}"));
        text(400, send(a, "PUT", "/admin/partners/-x", "{\"zones\":[[\"y\"]]}"));
        for (String overlap : List.of("0", "17", "-1", "\"2\"")) {
            String bad = text(400, send(a, "PUT", "/admin/partners/x",
                    "{\"zones\":[[\"y\"]],\"sends\":true,\"overlap\":" + overlap + "}"));
            assertTrue(bad.contains("\"member\":\"overlap\""), bad);
        }
        text(200, send(a, "POST", "/admin/partners/gone-b/reset", ""));
        assertEquals(204, send(a, "DELETE", "/admin/partners/gone-b", "").statusCode());
        text(404, send(a, "DELETE", "/admin/partners/gone-b", ""));
        text(404, send(a, "GET", "/admin/partners/gone-b", ""));
        text(404, send(a, "POST", "/admin/partners/gone-b/reset", ""));
        text(404, send(a, "POST", "/admin/bundles", "{\"partner\":\"gone-b\"}"));
    }

    @Test
    void linkGetsANewSecret() {
        link("keyed", "{\"zones\":[[\"keyed\"]]}");
        String path = "/admin/partners/keyed-b/rotate";
        byte[] old = bundle(a, "keyed-b");
        String made = text(200, send(a, "POST", path, "{\"new_secret\":true}"));
        assertEquals("2", member(made, "secrets"));
        String link = made.replaceAll("(?s).*\"link\":(\\{.*})}\\s*", "$1");
        assertTrue(work(b, bundle(a, "keyed-b"), true).contains("\"exit_status\":7"), "only a has it");
        String taken = text(200, send(b, "POST", "/admin/partners/keyed-a/rotate",
                "{\"link\":" + link + "}"));
        assertEquals("{\"name\":\"keyed-a\",\"secrets\":2}", taken.strip());
        assertEquals(taken, text(200, send(b, "POST", "/admin/partners/keyed-a/rotate",
                "{\"link\":" + link + "}")), "it may come twice");
        assertTrue(work(b, old, true).contains("\"exit_status\":0"));
        assertEquals("1", member(text(200, send(b, "POST", "/admin/partners/keyed-a/rotate",
                "{\"forget_old\":true}")), "secrets"));
        assertTrue(work(b, old, true).contains("\"exit_status\":7"));
        assertTrue(work(b, bundle(a, "keyed-b"), true).contains("\"exit_status\":0"));
        for (String bad : List.of("{}", "{\"new_secret\":false}", "{\"new_secret\":true,\"forget_old\":true}",
                "{\"link\":" + link + ",\"forget_old\":true}")) {
            assertTrue(text(400, send(a, "POST", path, bad)).contains("\"member\":\"new_secret\""));
        }
        for (String bad : List.of("{}", "1", link.replaceAll("\"link\":\"[0-9a-f]{8}",
                "\"link\":\"00000000"))) {
            String refused = text(400, send(a, "POST", path, "{\"link\":" + bad + "}"));
            assertTrue(refused.contains("\"member\":\"link\"") && !refused.contains("secret\":"), refused);
        }
        text(404, send(a, "POST", "/admin/partners/nobody/rotate", "{\"new_secret\":true}"));
    }

    @Test
    void bundleCarriesTheZonesThatAreNamed() {
        link("some", "{\"zones\":[[\"some\"],[\"other\"]]}");
        put(a, "some/one", "1");
        put(a, "other/one", "1");
        HttpResponse<String> made = send(a, "POST", "/admin/bundles",
                "{\"partner\":\"some-b\",\"zones\":[[\"some\"],[\"some\"]]}");
        assertEquals(200, made.statusCode(), made.body());
        assertEquals("merged: 1 of 1 versions of some-a", member(work(b, bytes(made), false), "sentence"));
        assertEquals(404, send(b, "GET", "/kv/other/one", "").statusCode());
        String refused = text(400, send(a, "POST", "/admin/bundles",
                "{\"partner\":\"some-b\",\"zones\":[[\"docs\"]]}"));
        assertTrue(refused.contains("the zone docs is not in the link to some-b"), refused);
    }

    @Test
    void leftoversAreRemovedAtTheNextStart() throws Exception {
        node("c").close();
        Path incoming = Files.createDirectories(directory.resolve("c/incoming"));
        Files.write(incoming.resolve("x.part"), new byte[10]);
        node("c").close();
        assertEquals(0, incoming.toFile().list().length);
    }
}
