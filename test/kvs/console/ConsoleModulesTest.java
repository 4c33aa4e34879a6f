package kvs.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.sim.Depth;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules of the console by themselves, in the browser, and lists of very many keys. */
class ConsoleModulesTest {

    private static final int BATCH = 10_000;
    private static final long OPEN_MS_MAX = 1_000;
    private static final int MUTANTS = 300;
    private static final List<String> DOCUMENTS = List.of("{\"a\":[1,-2.50e+3,0.0],\"b\":{\"c\":null}}",
            "[true,false,\"\\u00e9\\n\\\"\"]", " {\"x\" : \"y\" , \"z\":[ ] } ", "\"text\"",
            "12345678901234567890");
    private static final List<String> TEXTS = List.of("", " ", "{", "[", "[1,]", "{\"a\":1,}", "{\"a\" 1}",
            "01", "-", "1.", ".5", "1e", "+1", "nul", "nulll", "\"\t\"", "\"\\x\"", "\"\\u12\"", "\"abc",
            "{a:1}", "'a'", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[1 2]", "1 2", "1E5", "-0",
            "{\"__proto__\":1,\"__proto__\":1}", "{\"a\":{\"b\":1},\"b\":{\"a\":1}}", "\uFEFF1", "NaN",
            "[[]]", "\"\uD83D\uDE00\"", "{\"\":0}", "[".repeat(128) + "]".repeat(128), "true ", "\u00a01",
            "[".repeat(129) + "]".repeat(129), "\"\\ud800\"", "\"\\udc00\\ud800\"");

    @TempDir
    private static Path directory;
    private static ConsoleFixture console;

    @BeforeAll
    static void start() throws Exception {
        console = ConsoleFixture.start(directory);
        console.page("#/manual/");
    }

    @AfterAll
    static void stop() {
        if (console != null) {
            console.close();
        }
    }

    @AfterEach
    void browserComplainsOfNothing() {
        assertEquals(List.of(), console.faults());
    }

    private static Browser browser() {
        return console.browser;
    }

    /** The text that a function body makes of a module and a text. */
    private static String inModule(String module, String body, String text) {
        return Browser.text(browser().later("const given = arguments[0];"
                + " const told = arguments[arguments.length - 1];"
                + " import('/console/" + module + "').then(async (module) => { " + body + " })"
                + ".then(told, (fault) => told('fault ' + fault.stack))", text));
    }

    private static String jsonList(List<String> texts) {
        JsonWriter json = new JsonWriter().array();
        texts.forEach(json::value);
        return new String(json.end().toBytes(), StandardCharsets.UTF_8);
    }

    /** A faulty text is one that the node refuses, and the other way round. */
    @Test
    void editorAndNodeReadJsonAlike() {
        Random random = new Random(3);
        List<String> texts = new ArrayList<>(TEXTS);
        texts.addAll(DOCUMENTS);
        for (int i = 0; i < MUTANTS; i++) {
            StringBuilder text = new StringBuilder(DOCUMENTS.get(random.nextInt(DOCUMENTS.size())));
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, "{}[],:\"0e-.\\ntx ".charAt(random.nextInt(16)));
                default -> text.setCharAt(at, "{}[],:\"0e-.\\ntx ".charAt(random.nextInt(16)));
            }
            texts.add(text.toString());
        }
        String verdicts = inModule("json.js", "return JSON.parse(given).map((text) =>"
                + " (module.faultOf(text) ? 'x' : '-')).join('')", jsonList(texts));
        for (int i = 0; i < texts.size(); i++) {
            assertEquals(isJson(texts.get(i)) ? '-' : 'x', verdicts.charAt(i), texts.get(i));
        }
    }

    private static boolean isJson(String text) {
        try {
            JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (JsonException e) {
            return false;
        }
    }

    @Test
    void indentingChangesWhiteSpaceOnly() {
        for (String document : DOCUMENTS) {
            String pretty = inModule("json.js", "return module.pretty(given)", document);
            assertEquals(document.replace(" ", ""), pretty.replaceAll("[ \n]", ""), document);
        }
        assertEquals("12345678901234567890 1.0", inModule("json.js", "const all = module.members(given);"
                + " return all.big + ' ' + all.one",
                "{\"big\":12345678901234567890,\"x\":[{}],\"one\":1.0}"));
    }

    /** A line of a file that was cut, or was edited badly, is refused and not read in part. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"path\":\"a\",\"data\":12 | this '{' has no end",
        "{\"path\":\"a\",\"data\":{\"x\":1} | this '{' has no end",
        "{\"path\":\"a\",\"data\" 1} | ':' is missing after the name of a member",
        "{\"path\":\"a\" \"data\":1} | ',' or '}' is missing",
        "{\"data\":1,\"data\":2} | the name \"data\" stands twice in this object",
        "{\"data\":1} {\"data\":2} | something stands behind the end of the document",
        "{} x | something stands behind the end of the document"})
    void membersOfAMalformedLineAreRefused(String line, String message) {
        assertEquals(message, inModule("json.js", "try { return JSON.stringify(module.members(given)); }"
                + " catch (fault) { return fault.message; }", line));
    }

    /** What is the same and what is old makes the old text; what is the same and what is new, the new one. */
    @Test
    void differenceHoldsBothTexts() {
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            String before = lines(random);
            String after = lines(random);
            String sides = inModule("diff.js", "const [before, after] = JSON.parse(given);"
                    + " const steps = module.steps(before, after);"
                    + " const side = (kind) => steps.filter((one) => ['same', kind].includes(one.kind))"
                    + ".map((one) => one.line).join('\\n');"
                    + " return String(side('old') === before && side('new') === after)",
                    jsonList(List.of(before, after)));
            assertEquals("true", sides, before + " / " + after);
        }
        assertEquals("1", inModule("diff.js", "return String(module.steps('a\\nb\\nc', 'a\\nx\\nb\\nc')"
                + ".filter((one) => one.kind !== 'same').length)", ""));
        String far = "const many = Array.from({ length: 3000 }, (_, i) => given + i).join('\\n');";
        assertEquals("6000", inModule("diff.js", far + " return String(module.steps(many, many.replaceAll("
                + "given, 'y')).length)", "x"));
    }

    private static String lines(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            text.append((char) ('a' + random.nextInt(4))).append(i == 0 ? "" : "\n");
        }
        return text.toString();
    }

    /** Status, members, backup; colour and sentence. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ok | alive alive | 3600000 | good | ✓ n is well: 2 of 2 nodes alive, in sync, backup 1 h 0 min ago",
        "ok | alive | 0 | good | ✓ n is well: 1 of 1 node alive, in sync, no backup yet",
        "ok | alive left | 0 | good | ✓ n is well: 1 of 1 node alive, in sync, no backup yet",
        "degraded | alive | 0 | amber | ! n works, but needs a look: 1 problem, 1 of 1 node alive, in sync,"
                + " no backup yet",
        "ok | alive failed | 0 | amber | ! n works, but needs a look: 1 of 2 nodes alive, in sync,"
                + " no backup yet",
        "ok | alive lagging | 0 | amber | ! n works, but needs a look: 2 of 2 nodes alive, up to 20 s behind,"
                + " no backup yet",
        "syncing | alive | 0 | bad | ✕ n does not serve all requests (syncing): 1 of 1 node alive, in sync,"
                + " no backup yet"})
    void stateIsOneSentence(String status, String members, long backupMs, String level, String sentence) {
        assertEquals(level + " " + sentence, inModule("state.js", """
                const [status, members, backupMs] = JSON.parse(given);
                const now = 1e12;
                const health = { node_id: 'n', status, problems: status === 'degraded' ? ['a'] : [],
                  members: members.split(' ').map((word) => (word === 'lagging'
                      ? { status: 'alive', lag_ms: 20_000 } : { status: word })) };
                const backups = { backups: backupMs === '0' ? []
                    : [{ created_at: now - 1 }, { created_at: now - Number(backupMs), keys: 1 }] };
                const { level, text } = module.judge({ health, backups }, now);
                return `${level} ${text}`;
                """, jsonList(List.of(status, members, Long.toString(backupMs)))));
    }

    /**
     * The first connection breaks after an event; the second one goes on behind it. Each change is complete
     * before the next one.
     */
    @Test
    void streamGoesOnWhereItWasInterrupted() {
        assertEquals("[null,\"p1\"] true,false a,b,c interrupted, trying again: the node does not answer:"
                + " it may be stopped, or the network broken", inModule("stream.js", """
                const asked = [];
                const urls = [];
                let breakOff;
                const broken = new Promise((done, fail) => { breakOff = fail; });
                const body = (text, first) => new ReadableStream({
                  start(queue) {
                    queue.enqueue(new TextEncoder().encode(text));
                    if (!first) { queue.close(); }
                  },
                  pull: () => broken });
                const real = window.fetch;
                window.fetch = async (url, options) => {
                  asked.push(options.headers['Last-Event-ID']);
                  urls.push(url.includes('since=now'));
                  return new Response(asked.length === 1
                      ? body(':\\n\\ndata: {"path":"a"}\\nid: p1\\n\\ndata: {"pa', true)
                      : body('data: {"path":"b"}\\n\\ndata: {"path":"c"}\\n\\n', false));
                };
                const end = new AbortController();
                const seen = [];
                let state;
                await module.follow('', end.signal, {
                  state: (text) => { state ??= text === 'following' ? undefined : text; },
                  change: async (change) => {
                    if (change.path === 'a') { breakOff(new TypeError('network error')); }
                    if (change.path === 'b') { await new Promise((done) => setTimeout(done)); }
                    seen.push(change.path);
                    if (change.path === 'c') { end.abort(); }
                  } });
                window.fetch = real;
                return `${JSON.stringify(asked)} ${urls} ${seen} ${state}`;
                """, ""));
    }

    @Test
    void amongAMillionRowsSixteenPagesAreInMemory() {
        assertEquals("1000000 16 row 3 row 999999", inModule("pages.js", """
                let changes = 0;
                const pages = new module.Pages(async (after = 0) => ({ rows: Array.from({ length: 500 },
                    (_, i) => ({ path: `row ${after + i}` })), next: after + 500 < 1e6 ? after + 500 : undefined }),
                    () => changes++, (failure) => { throw failure; });
                while (!pages.complete) { await pages.more(); }
                const kept = pages.pages.filter((page) => page.rows).length;
                pages.row(3);
                await new Promise((done) => setTimeout(done));
                return `${pages.length} ${kept} ${pages.row(3).path} ${pages.row(999_999).path}`;
                """, ""));
    }

    /** A list draws itself when a page has failed, and asks for the row again: the page rests first. */
    @Test
    void refusedPageRestsBeforeItIsReadAgain() {
        assertEquals("2 1 4 row 3", inModule("pages.js", """
                let reads = 0;
                let refused = 0;
                const rows = (after) => Array.from({ length: 500 }, (_, i) => ({ path: `row ${after + i}` }));
                const fetchPage = async (after = 0) => {
                  if (++reads > 17 && refused < 2) {
                    refused++;
                    throw Object.assign(new Error('refused'), { problem: { retry_after: 3 } });
                  }
                  return { rows: rows(after), next: after + 500 };
                };
                const later = () => new Promise((done) => setTimeout(done));
                const pages = new module.Pages(fetchPage, () => reads > 17 && pages.row(3), () => {});
                for (let i = 0; i < 17; i++) { await pages.more(); }
                pages.row(3);
                await later();
                pages.row(3);
                await later();
                const first = refused;
                const { now } = Date;
                let ahead = 4_000;
                Date.now = () => now() + ahead;
                pages.row(3);
                await later();
                const second = refused;
                ahead = 8_000;
                pages.row(3);
                await later();
                Date.now = now;
                return `${second} ${first} ${reads - 16} ${pages.row(3).path}`;
                """, ""));
    }

    @Test
    void listOfAMillionRowsIsWalkedByKeys() {
        assertEquals("999999 0 500000 true", inModule("windowlist.js", """
                const source = { length: 1e6, complete: true, row: (i) => ({ path: String(i) }), more() {} };
                const list = new module.WindowList('rows', source, { rowOf: (row) => row.path, opened() {} });
                document.getElementById('page').replaceChildren(list.element);
                const key = (name) => list.element.dispatchEvent(new KeyboardEvent('keydown', { key: name }));
                const active = () => list.element.querySelector('.active').textContent;
                const few = () => list.element.querySelectorAll('[role=option]').length < 60;
                list.draw();
                key('End');
                const last = active();
                key('Home');
                const first = active();
                list.move(500_000);
                return `${last} ${first} ${active()} ${few()}`;
                """, ""));
    }

    /** The time is that from the click to the first rows. */
    @Tag(Depth.DEEP)
    @Test
    void manyKeysOpenWithinASecondAndScroll() {
        int keys = Depth.of(2 * BATCH, 100 * BATCH);
        for (int from = 0; from < keys; from += BATCH) {
            StringBuilder ops = new StringBuilder("{\"ops\":[");
            for (int i = from; i < from + BATCH; i++) {
                ops.append(i == from ? "" : ",").append("{\"op\":\"put\",\"path\":\"many/key-")
                        .append(String.format("%07d", i)).append("\",\"data\":").append(i).append('}');
            }
            console.api("POST", "/kv/_batch", ops.append("]}").toString());
        }
        console.page("#/data/");
        String ms = Browser.text(browser().later("const told = arguments[arguments.length - 1];"
                + " const began = performance.now(); location.hash = '#/data/many/';"
                + " const look = () => { if (document.querySelector('[role=option]')?.textContent"
                + ".startsWith('key-0000000')) { told(performance.now() - began); }"
                + " else { requestAnimationFrame(look); } }; look()"));
        assertTrue(Double.parseDouble(ms) < OPEN_MS_MAX, keys + " keys opened in " + ms + " ms");
        console.shows(String.format("%,d keys", keys));
        for (int page = 1; page <= 20; page++) {
            browser().script("const list = document.querySelector('[role=listbox]');"
                    + " list.scrollTop = list.scrollHeight");
            browser().await("[...document.querySelectorAll('[role=option]')].at(-1).textContent >= given[0]",
                    String.format("key-%07d", page * 500));
            assertTrue(Integer.parseInt(browser().text("return document.querySelectorAll('[role=option]')"
                    + ".length")) < 60);
        }
        browser().script("document.querySelector('[role=listbox]').scrollTop = 0");
        browser().await("document.querySelector('[role=option]').textContent.startsWith('key-0000000')");
        console.enter("Keys that begin with", String.format("many/key-%07d", keys - 1));
        console.click("Find");
        browser().await("document.querySelectorAll('[role=option]').length === 1");
    }
}
