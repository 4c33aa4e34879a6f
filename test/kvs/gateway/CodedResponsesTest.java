package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import kvs.deflate.Texts;
import kvs.http.ConnectionAddresses;
import kvs.http.ContentCoding;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.model.Key;
import kvs.peer.PeerSignature;
import kvs.store.StoredDocument;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses in a content coding: which, their bytes, their tags. */
class CodedResponsesTest {

    private static final String DOCUMENT = new String(Texts.records(3_800), StandardCharsets.US_ASCII);
    private static final String[] GZIP = {"Accept-Encoding", "gzip"};

    private final InMemoryApi api = new InMemoryApi();
    private String tag;

    @BeforeEach
    void store() {
        tag = api.put("/kv/long", DOCUMENT).header("ETag");
    }

    /** The bytes of a body, as they are sent. */
    static byte[] sent(Response response) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (response.body() instanceof Response.StreamedBody pages) {
                pages.writeTo(out);
            } else {
                ((Response.FullBody) response.body()).writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The bytes of a body without its coding, checksums compared. */
    static byte[] decoded(Response response) {
        byte[] bytes = sent(response);
        try (InputStream in = switch (response.headers().getOrDefault("Content-Encoding", "identity")) {
            case "gzip" -> new GZIPInputStream(new ByteArrayInputStream(bytes));
            case "deflate" -> new InflaterInputStream(new ByteArrayInputStream(bytes));
            default -> new ByteArrayInputStream(bytes);
        }) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Response get(String target, String... headers) {
        return send("GET", target, "", headers);
    }

    private Response send(String method, String target, String body, String... headers) {
        CompletableFuture<Response> response = api.start(method, target, body, headers);
        api.node.work();
        return response.getNow(Response.text(0, "not answered yet"));
    }

    private static String text(Response response) {
        return new String(decoded(response), StandardCharsets.UTF_8).stripTrailing();
    }

    private static String coding(Response response) {
        return response.headers().getOrDefault("Content-Encoding", "");
    }

    private String tag(ContentCoding coding) {
        return coding.tag(tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void aDocumentThatIsStoredDeflatedIsSentAsItIs(String name) {
        ContentCoding coding = ContentCoding.valueOf(name.toUpperCase(Locale.ROOT));
        Response response = get("/kv/long?raw", "Accept-Encoding", name);
        assertEquals(name, coding(response));
        assertEquals(tag(coding), response.headers().get("ETag"));
        assertEquals(DOCUMENT, text(response));
        assertEquals("application/json; charset=utf-8", response.headers().get("Content-Type"));
        StoredDocument stored = api.node.documents.readStored(
                api.node.store.root().find(Key.of("long")).orElseThrow());
        byte[] bytes = sent(response);
        int head = coding.head().length;
        assertArrayEquals(stored.bytes(), Arrays.copyOfRange(bytes, head, head + stored.bytes().length));
        assertArrayEquals(bytes, sent(get("/kv/long?raw", "Accept-Encoding", name)), "sums are known now");
    }

    @Test
    void otherJsonIsCodedWhenItIsLong() {
        for (String target : List.of("/kv/long", "/kv/?values&recurse", "/kv/long?revisions", "/openapi.json",
                "/kv/long?pretty", "/openapi.json?pretty", "/kv/long?revision=" + tag.substring(1, 37)
                + "&raw")) {
            Response plain = get(target);
            Response coded = get(target, GZIP);
            assertEquals("gzip", coding(coded), target);
            assertEquals("", coding(plain), target);
            assertEquals(text(plain), text(coded), target);
            assertTrue(sent(coded).length < sent(plain).length / 2 || target.contains("long"), target);
        }
        api.put("/kv/short", "1");
        for (String target : List.of("/kv/short", "/kv/short?raw", "/kv/none", "/health/live")) {
            assertEquals("", coding(get(target, GZIP)), target);
        }
    }

    @Test
    void shortJsonIsCodedForWhoRefusesThePlainForm() {
        api.put("/kv/short", "1");
        Response coded = get("/kv/short?raw", "Accept-Encoding", "identity;q=0, deflate");
        assertEquals("deflate", coding(coded));
        assertEquals("1", text(coded));
        assertEquals("gzip", coding(get("/kv/none", "Accept-Encoding", "gzip;q=0.5, *;q=0")));
        Response none = get("/kv/short?raw", "Accept-Encoding", "*;q=0");
        assertEquals(200, none.status(), "the plain form when there is none that is accepted");
        assertEquals("1", text(none));
    }

    @Test
    void aTextThatDoesNotShrinkStaysPlain() {
        ContentCodingStage stage = new ContentCodingStage();
        Response blob = Response.document(Texts.base64(20_000));
        assertEquals("", coding(on(stage, blob, "gzip")));
        assertEquals("gzip", coding(on(stage, blob, "gzip, identity;q=0")));
        assertEquals("gzip", coding(on(stage, Response.document(Texts.base64(1_030)), "gzip")),
                "a short one is not sampled");
        Response pieces = new Response(200, blob.headers(), new Response.FullBody("{\"data\":".getBytes(
                StandardCharsets.US_ASCII), Texts.records(100_000), new byte[0], "}\n".getBytes(
                StandardCharsets.US_ASCII)));
        Response coded = on(stage, pieces, "gzip");
        assertArrayEquals(sent(pieces), decoded(coded));
        assertTrue(sent(coded).length < 40_000);
    }

    private static Response on(ContentCodingStage stage, Response response, String accepted) {
        var local = new ConnectionAddresses(new InetSocketAddress(1), new InetSocketAddress(2));
        return stage.on(response, response.body(), new RequestHead("GET", "/kv/a", "HTTP/1.1",
                RequestHeaders.of("Accept-Encoding", accepted), local));
    }

    @Test
    void headHasTheFieldsOfGet() {
        for (String target : List.of("/kv/long", "/kv/long?raw")) {
            Response get = get(target, GZIP);
            Response head = send("HEAD", target, "", GZIP);
            for (String field : List.of("Content-Encoding", "ETag", "Vary", "Last-Modified")) {
                assertEquals(get.headers().get(field), head.headers().get(field), field);
            }
            assertEquals(sent(get).length, sent(head).length, "of which only the number is sent");
        }
    }

    @Test
    void everyResponseVaries() {
        for (String target : List.of("/kv/long", "/kv/none", "/health/live")) {
            assertEquals("Authorization, Accept, Accept-Encoding", get(target).headers().get("Vary"));
        }
    }

    @Test
    void conditionsTakeTheTagOfEveryForm() {
        for (ContentCoding coding : ContentCoding.values()) {
            String coded = tag(coding);
            assertEquals(304, get("/kv/long", "If-None-Match", coded).status());
            assertEquals(304, get("/kv/long", "If-None-Match", "W/" + coded).status());
            assertEquals(304, get("/kv/long?raw", "If-None-Match", "\"x\", " + coded).status());
            assertEquals(200, get("/kv/long", "If-Match", coded).status());
            assertEquals(304, get("/kv/long?watch=0s", "If-None-Match", coded).status());
            tag = api.put("/kv/long", DOCUMENT, "If-Match", coded).header("ETag");
            assertEquals(412, api.put("/kv/long", "1", "If-Match", coded).status(), "it has changed");
        }
        String batch = "{\"ops\":[{\"op\":\"check\",\"path\":\"long\",\"if_match\":\"%s\"}]}";
        for (String known : List.of(tag(ContentCoding.GZIP).replace("\"", ""),
                tag(ContentCoding.GZIP).replace("\"", "\\\""))) {
            String answer = api.post("/kv/_batch", batch.formatted(known)).body();
            assertTrue(answer.contains("\"status\":200"), answer);
        }
        assertEquals(204, api.delete("/kv/long", "If-Match", tag(ContentCoding.GZIP)).status());
    }

    /** A cache looks up by the tag of a 304 which of its responses is fresh. */
    @ParameterizedTest
    @CsvSource({"gzip,GZIP,GZIP", "gzip,plain,plain", "gzip,both,plain", "deflate,DEFLATE,DEFLATE",
        "identity,GZIP,plain"})
    void unchangedConfirmsTheFormThatTheClientHas(String accepted, String known, String confirmed) {
        Map<String, String> tags = Map.of("GZIP", tag(ContentCoding.GZIP), "plain", tag, "DEFLATE",
                tag(ContentCoding.DEFLATE), "both", tag(ContentCoding.GZIP) + ", " + tag);
        Response response = get("/kv/long", "Accept-Encoding", accepted, "If-None-Match", tags.get(known));
        assertEquals(304, response.status());
        assertEquals(tags.get(confirmed), response.headers().get("ETag"));
        assertEquals("", coding(response));
    }

    @Test
    void tagsOfListingsAreTakenBack() {
        for (String target : List.of("/kv/?values&recurse", "/openapi.json")) {
            String plain = get(target).headers().get("ETag");
            String coded = get(target, GZIP).headers().get("ETag");
            assertEquals(ContentCoding.GZIP.tag(plain), coded);
            Response unchanged = get(target, "Accept-Encoding", "gzip", "If-None-Match", coded);
            assertEquals(304, unchanged.status());
            assertEquals(coded, unchanged.headers().get("ETag"));
        }
    }

    @Test
    void theTagOfAWriteIsThatOfTheDocument() {
        InMemoryApi.ApiResponse plain = api.put("/kv/a", "1");
        Response put = send("PUT", "/kv/a", "2", "Accept-Encoding", "gzip, identity;q=0");
        assertEquals("gzip", coding(put));
        assertEquals(plain.header("ETag").length(), put.headers().get("ETag").length());
        assertEquals(get("/kv/a").headers().get("ETag"), put.headers().get("ETag"));
    }

    @Test
    void aRangeIsNotServed() {
        Response whole = get("/kv/long?raw", "Accept-Encoding", "gzip", "Range", "bytes=0-9", "If-Range",
                tag);
        assertEquals(200, whole.status());
        assertEquals("gzip", coding(whole));
        assertEquals(DOCUMENT, text(whole));
    }

    @Test
    void indentedJsonIsTheSameText() {
        String plain = text(get("/kv/long?pretty"));
        Response coded = get("/kv/long?pretty", GZIP);
        assertEquals(plain, text(coded));
        assertTrue(plain.lines().count() > 10);
        assertEquals(tag(ContentCoding.GZIP), coded.headers().get("ETag"));
        assertEquals(plain, text(get("/kv/long?pretty", "Accept-Encoding", "deflate")));
    }

    @Test
    void streamsAreNeverCoded() {
        String[] lines = {"Accept", "application/x-ndjson", "Accept-Encoding", "gzip, identity;q=0"};
        Response range = get("/kv/_range", lines);
        assertEquals("", coding(range));
        assertTrue(text(range).contains(DOCUMENT));
        Response batch = send("POST", "/kv/_batch", "{\"ops\":[{\"op\":\"get\",\"path\":\"long\"}]}",
                GZIP);
        assertEquals("", coding(batch));
        Response events = get("/kv/_changes?since=now", "Accept", "text/event-stream", "Accept-Encoding",
                "gzip");
        assertEquals("text/event-stream", events.headers().get("Content-Type").replaceAll(";.*", ""));
        assertEquals("", coding(events));
    }

    @Test
    void longRefusalsAreCodedToo() {
        List<String> ops = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ops.add("{\"op\":\"check\",\"path\":\"no/" + i + "\",\"if_match\":\"x\"}");
        }
        Response refused = send("POST", "/kv/_batch", "{\"atomic\":true,\"ops\":["
                + String.join(",", ops) + "]}", GZIP);
        assertEquals(409, refused.status());
        assertEquals("gzip", coding(refused));
        assertTrue(text(refused).contains("\"failed\":[0,1,"), text(refused));
    }

    @Test
    void signedResponsesToOtherNodesStayPlain() {
        Response records = Response.document(Texts.records(5_000));
        assertEquals("gzip", coding(on(new ContentCodingStage(), records, "gzip")));
        Response signed = records.with(PeerSignature.HEADER, "x");
        assertEquals("", coding(on(new ContentCodingStage(), signed, "gzip")));
    }

    /** Also when its checksums are known from an earlier read. */
    @Test
    void anUnreadableDocumentIsNeverSent() throws IOException {
        Response good = get("/kv/long?raw", GZIP);
        byte[] stored = Arrays.copyOfRange(sent(good), 20, 60);
        for (String name : api.node.disk.list()) {
            byte[] bytes = api.node.disk.bytes(name);
            for (int i = 0; i + stored.length <= bytes.length; i++) {
                if (Arrays.equals(bytes, i, i + stored.length, stored, 0, stored.length)) {
                    api.node.disk.flip(name, i, 1);
                }
            }
        }
        Response refused = get("/kv/long?raw", GZIP);
        assertEquals(500, refused.status());
        assertTrue(text(refused).contains("damaged"));
    }
}
