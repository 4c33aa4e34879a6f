package kvs.console;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import kvs.jar.Shell;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;

/**
 * A headless Chromium, driven by the WebDriver protocol (W3C, 2018) of {@code chromedriver}; what the
 * protocol lacks (colour schemes, widths of telephones, the accessibility tree) comes from Chromium's own
 * protocol behind it. One thread uses it.
 */
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WAIT_MS = 20_000;
    private static final int TRIES = 10;
    private static final long LOOK_NANOS = 20_000_000;
    private static final String STARTED = "started successfully on port ";
    private static final List<String> ARGUMENTS = List.of("--headless=new", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--lang=en");
    /** The key of an element in the answers of the protocol. */
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process driver;
    private final String session;

    /** The program, when it is on the PATH, and a Chromium that it can start. */
    static Optional<Path> driver() {
        boolean startable = Stream.of("chromium", "chromium-browser", "google-chrome")
                .anyMatch(name -> on(name).isPresent());
        return startable ? on("chromedriver") : Optional.empty();
    }

    private static Optional<Path> on(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(bin -> Path.of(bin, program)).filter(Files::isExecutable).findFirst();
    }

    /** Starts the browser; its files are below {@code home}. */
    Browser(Path program, Path home) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "--port=0").directory(home.toFile())
                .redirectErrorStream(true);
        builder.environment().put("HOME", home.toString());
        builder.environment().put("TMPDIR", home.toString());
        driver = start(builder, home.resolve("driver.log"));
        try {
            session = session("http://127.0.0.1:" + port(Files.readString(home.resolve("driver.log"))));
        } catch (IOException | RuntimeException | AssertionError e) {
            driver.destroy();
            throw e;
        }
    }

    /** The driver takes a port that is free in IPv6. Where it is not free in IPv4, it ends: once more. */
    private static Process start(ProcessBuilder builder, Path said) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            Process process = builder.redirectOutput(said.toFile()).start();
            while (process.isAlive()) {
                if (!port(Files.readString(said)).isEmpty()) {
                    return process;
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        throw new IOException("chromedriver did not start: " + Files.readString(said));
    }

    /** The port that the driver names when it has started; empty before. */
    private static String port(String said) {
        int at = said.indexOf(STARTED);
        int end = said.indexOf('.', Math.max(0, at));
        return at < 0 || end < 0 ? "" : said.substring(at + STARTED.length(), end);
    }

    /** Starts the browser behind the driver at {@code url}. */
    private String session(String url) {
        JsonWriter json = new JsonWriter().object().name("capabilities").object().name("alwaysMatch").object()
                .field("browserName", "chrome")
                .name("goog:loggingPrefs").object().field("browser", "ALL").end()
                .name("timeouts").object().field("script", WAIT_MS).end()
                .name("goog:chromeOptions").object().name("args").array();
        ARGUMENTS.forEach(json::value);
        json.end().end().end().end();
        return url + "/session/" + text(member(request(url + "/session", json), "sessionId"));
    }

    /** Goes to an address. */
    void open(String url) {
        post("/url", new JsonWriter().object().field("url", url));
    }

    /** Loads the page again. */
    void reload() {
        post("/refresh", new JsonWriter().object());
    }

    /** The result of a function body; its arguments are texts. */
    JsonValue script(String body, String... arguments) {
        return run("/execute/sync", body, arguments);
    }

    /** The result of a function body that reports it later, by its last argument. */
    JsonValue later(String body, String... arguments) {
        return run("/execute/async", body, arguments);
    }

    /** The result of a function body as a text. */
    String text(String body, String... arguments) {
        return text(script(body, arguments));
    }

    /** Waits until an expression is true. */
    void await(String expression, String... arguments) {
        JsonValue reached = run("/execute/async", "const told = arguments[arguments.length - 1];"
                + "const end = Date.now() + " + (WAIT_MS - 2_000) + ";"
                + "const look = () => { let is = false; try { is = Boolean(" + expression
                + "); } catch (fault) { is = false; }"
                + " if (is || Date.now() > end) { told(is); } else { setTimeout(look, 20); } };"
                + "const given = arguments; look();", arguments);
        if (!new String(reached.raw(), StandardCharsets.UTF_8).equals("true")) {
            throw new AssertionError("never: " + expression + " " + List.of(arguments) + "; the page shows:\n"
                    + text("return document.body.innerText.slice(0, 1500)") + "\n" + log());
        }
    }

    private JsonValue run(String command, String body, String... arguments) {
        JsonWriter json = new JsonWriter().object().field("script", body).name("args").array();
        List.of(arguments).forEach(json::value);
        return post(command, json.end());
    }

    /** The element that a function body returns, for the calls below. */
    String element(String body, String... arguments) {
        return text(member(script(body, arguments), ELEMENT));
    }

    /** Clicks an element as a person does: it must be in sight, and nothing may lie over it. */
    void click(String element) {
        post("/element/" + element + "/click", new JsonWriter().object());
    }

    /** Types a text into an element, after what is there. */
    void type(String element, String text) {
        post("/element/" + element + "/value", new JsonWriter().object().field("text", text));
    }

    /** Empties a field. */
    void clear(String element) {
        post("/element/" + element + "/clear", new JsonWriter().object());
    }

    /** Presses keys one after the other, wherever the focus is. Keys are those of the protocol. */
    void press(String... keys) {
        JsonWriter json = new JsonWriter().object().name("actions").array().object().field("type", "key")
                .field("id", "keys").name("actions").array();
        for (String key : keys) {
            json.object().field("type", "keyDown").field("value", key).end();
            json.object().field("type", "keyUp").field("value", key).end();
        }
        post("/actions", json.end().end().end());
    }

    /** Shows the page as on a screen of that width, in a colour scheme: light or dark. */
    void screen(int width, int height, String scheme) {
        devtools("Emulation.setDeviceMetricsOverride", new JsonWriter().object().field("width", width)
                .field("height", height).field("deviceScaleFactor", 1).field("mobile", width < 600));
        devtools("Emulation.setEmulatedMedia", new JsonWriter().object().name("features").array().object()
                .field("name", "prefers-color-scheme").field("value", scheme).end().end());
    }

    /** A command of Chromium's own protocol; {@code parameters} is an open object. */
    JsonValue devtools(String command, JsonWriter parameters) {
        return post("/goog/cdp/execute", new JsonWriter().object().field("cmd", command).name("params")
                .raw(parameters.end().toBytes()));
    }

    /** The messages of the browser's console since the last call: level, source and text of each. */
    List<String> log() {
        List<String> messages = new ArrayList<>();
        try {
            for (JsonValue entry : post("/se/log", new JsonWriter().object().field("type", "browser"))
                    .elements()) {
                messages.add(text(member(entry, "level")) + " " + text(member(entry, "source")) + " "
                        + text(member(entry, "message")));
            }
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
        return messages;
    }

    /** A member of an object. */
    static JsonValue member(JsonValue object, String name) {
        try {
            return object.field(name).orElseThrow(() -> new AssertionError(name + " is missing in "
                    + new String(object.raw(), StandardCharsets.UTF_8)));
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    /** A string without its quotes, any other value as it stands. */
    static String text(JsonValue value) {
        try {
            return value.kind() == JsonValue.Kind.STRING ? value.string()
                    : new String(value.raw(), StandardCharsets.UTF_8);
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    private JsonValue post(String command, JsonWriter open) {
        return request(session + command, open);
    }

    private JsonValue request(String url, JsonWriter open) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(open.end().toBytes())).build();
        HttpResponse<byte[]> answer = send(request);
        try {
            JsonValue value = member(JsonValue.parse(answer.body()), "value");
            if (answer.statusCode() != 200) {
                throw new AssertionError(url.replaceFirst(".*/session", "") + ": "
                        + text(member(value, "message")));
            }
            return value;
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the browser and its driver. */
    @Override
    public void close() {
        try {
            send(HttpRequest.newBuilder(URI.create(session)).timeout(PATIENCE).DELETE().build());
        } finally {
            driver.destroy();
            Shell.await(driver);
        }
    }
}
