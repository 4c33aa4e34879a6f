package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kvs.gateway.InMemoryApi;
import kvs.ratelimit.RateLimiter;
import org.junit.jupiter.api.Test;

class ConsoleResourceTest {

    private static final Path FILES = Path.of(System.getProperty("kvs.root"), "src/kvs/console");
    private static final int LINES_MAX = 250;
    private static final int LINE_MAX = 110;
    /** Ways to make HTML, scripts or styles of a text. */
    private static final Pattern HTML_OF_TEXT = Pattern.compile("innerHTML|outerHTML|insertAdjacentHTML"
            + "|document\\.write|\\beval\\b|new Function|createContextualFragment|DOMParser|srcdoc"
            + "|\\bstyle\\s*=|'style'"
            + "|\\bon[a-z]+\\s*=\\s*\"|javascript:|localStorage|https?://(?!localhost|www.w3.org/2000/svg)");
    private static final Pattern IMPORT = Pattern.compile("from '\\./([^']*)'");

    private final InMemoryApi api = new InMemoryApi();

    private static Map<String, String> files() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(FILES)) {
            for (Path file : files.toList()) {
                texts.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return texts;
    }

    @Test
    void servesEveryFileWithItsTypeAndPolicy() throws IOException {
        Map<String, String> types = Map.of("html", "text/html; charset=utf-8", "css",
                "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8");
        for (Map.Entry<String, String> file : files().entrySet()) {
            InMemoryApi.ApiResponse answer = api.get("/console/" + file.getKey());
            assertEquals(200, answer.status(), file.getKey());
            assertEquals(file.getValue(), answer.body(), file.getKey());
            String ending = file.getKey().replaceFirst(".*\\.", "");
            assertEquals(types.get(ending), answer.header("Content-Type"), file.getKey());
            assertTrue(answer.header("Content-Security-Policy").startsWith("default-src 'none';"
                    + " script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
                    + " frame-ancestors 'none'"), answer.toString());
            assertFalse(answer.header("Content-Security-Policy").contains("unsafe"), answer.toString());
        }
        assertEquals(api.get("/console/index.html").body(), api.get("/console/").body());
        assertEquals("/console/", api.get("/console").header("Location"));
        assertEquals("default-src 'none'; frame-ancestors 'none'; sandbox",
                api.get("/docs/").header("Content-Security-Policy"), "what is no page keeps the strictest");
    }

    @Test
    void fetchesAFileAgainOnlyWhenItHasChanged() {
        String tag = api.get("/console/main.js").header("ETag");
        assertEquals(304, api.get("/console/main.js", "If-None-Match", tag).status());
        assertEquals(200, api.get("/console/console.css", "If-None-Match", tag).status());
        assertEquals("no-cache", api.get("/console/main.js").header("Cache-Control"));
    }

    /** One look at the console fetches some thirty files. */
    @Test
    void filesAreNotCountedByTheRateLimit() throws IOException {
        RateLimiter limit = new RateLimiter(api.node.clock, 2, 60_000);
        InMemoryApi limited = InMemoryApi.guarded(new InMemoryApi.Access(false, false, Optional.of(limit)));
        limited.remote();
        for (int i = 0; i < 20; i++) {
            assertEquals(200, limited.get("/console/main.js").status());
        }
        assertEquals(0, limit.refusals());
    }

    @Test
    void nameThatIsNoFileOfTheConsoleIsNotFound() {
        for (String name : List.of("none.js", ".js", "..%2Fdocs%2Findex.html", "%2e%2e%2fdocs.js", "Main.js",
                "index", "index.html%00.js", "main.js.js", "package-info.class", "..")) {
            assertTrue(List.of(400, 404).contains(api.get("/console/" + name).status()), name);
        }
        assertEquals(404, api.get("/console/a/main.js").status());
        assertEquals(400, api.get("/console/?page=data").status());
    }

    @Test
    void consoleThatIsSwitchedOffHasNoRoutes() {
        assertEquals(List.of(), ConsoleResource.routes(false));
    }

    /** Rules that keep a document a text, the token in one place, and the files readable. */
    @Test
    void filesKeepTheRules() throws IOException {
        List<String> offenders = new ArrayList<>();
        Map<String, String> files = files();
        for (Map.Entry<String, String> file : files.entrySet()) {
            List<String> lines = file.getValue().lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (HTML_OF_TEXT.matcher(lines.get(i)).find() || lines.get(i).length() > LINE_MAX) {
                    offenders.add(file.getKey() + ":" + (i + 1) + ": " + lines.get(i));
                }
            }
            if (lines.size() > LINES_MAX && !file.getKey().endsWith(".css")) {
                offenders.add(file.getKey() + ": " + lines.size() + " lines");
            }
            boolean keepsToken = file.getValue().contains("sessionStorage");
            if (keepsToken != file.getKey().equals("session.js")) {
                offenders.add(file.getKey() + ": session.js alone keeps the token");
            }
            if (file.getKey().endsWith(".js") && !file.getValue().startsWith("// The ")) {
                offenders.add(file.getKey() + ": begins with a comment that names its noun");
            }
        }
        assertEquals(List.of(), offenders);
    }

    @Test
    void everyModuleIsImportedAndEveryImportIsThere() throws IOException {
        Map<String, String> files = files();
        List<String> imported = new ArrayList<>(List.of("main.js"));
        for (String text : files.values()) {
            Matcher names = IMPORT.matcher(text);
            while (names.find()) {
                imported.add(names.group(1));
                assertTrue(files.containsKey(names.group(1)), names.group(1) + " is not there");
            }
        }
        files.keySet().stream().filter(name -> name.endsWith(".js"))
                .forEach(name -> assertTrue(imported.contains(name), name + " is imported nowhere"));
    }

    /** The samples prove that the rules can fail. */
    @Test
    void textThatBecomesHtmlIsFound() {
        for (String bad : List.of("row.innerHTML = name", "a.setAttribute('style', x)", "<p style=\"x\">",
                "<a onclick=\"x()\">", "eval(text)", "fetch('https://example.com/')",
                "localStorage.token = t")) {
            assertTrue(HTML_OF_TEXT.matcher(bad).find(), bad);
        }
    }
}
