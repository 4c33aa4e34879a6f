package kvs.console;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.Conflict;
import kvs.config.Settings;
import kvs.gateway.AnswerCheck;
import kvs.node.Environment;
import kvs.node.Node;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.RealTextFiles;
import kvs.world.SocketOwners;

/**
 * Two nodes of a cluster, which met with a conflict of one key, an administrator's token, and a browser. A
 * test class has one, and its tests share it: each takes keys of its own.
 */
final class ConsoleFixture implements AutoCloseable {

    static final String CONFLICT = "test/conflict/data";
    /** A text that a browser would execute, as a document and as a name. */
    static final String HOSTILE = "<img src=x onerror=alert(1)>";
    private static final String SECRET = "the secret of this test has 32 characters";
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).build();
    /** Finds a control by its name, as a person does: the label, the text, or what stands for it. */
    private static final String CONTROL = """
            const name = arguments[0];
            const nameOf = (one) => one.getAttribute('aria-label') ?? (one.labels?.length
                ? one.labels[0].textContent : one.textContent);
            const found = [...document.querySelectorAll('button, a, input, select, textarea, summary')]
                .filter((one) => one.checkVisibility() && nameOf(one).trim() === name);
            const open = document.querySelector('dialog[open]');
            return (open ? found.filter((one) => open.contains(one)) : found)[0];
            """;

    final Browser browser;
    final Node first;
    private final Node second;
    private final String token;

    /** Starts all, or skips the test with the reason. */
    static ConsoleFixture start(Path directory) throws Exception {
        Optional<Path> driver = Browser.driver();
        assumeTrue(driver.isPresent(), "chromedriver and chromium are not on the PATH");
        return new ConsoleFixture(driver.get(), directory);
    }

    private ConsoleFixture(Path driver, Path directory) throws Exception {
        Path one = directory.resolve("one");
        Path two = directory.resolve("two");
        Conflict.main(new String[] {two.toString(), one.toString()});
        first = node("one", one, "[]");
        second = node("two", two, "[\"" + URI.create(first.url()).getAuthority() + "\"]");
        String user = member(call("", "POST", "/auth/users", "{\"nickname\":\"root\"}"), "uuid");
        token = member(call("", "POST", "/auth/tokens", "{\"user_uuid\":\"" + user
                + "\",\"scopes\":[\"read\",\"write\",\"admin\"]}"), "token");
        browser = new Browser(driver, Files.createDirectory(directory.resolve("browser")));
        browser.screen(1_280, 900, "light");
    }

    /** A node with a directory of its own, on any free port. */
    static Node node(String id, Path directory, String seeds) throws Exception {
        Settings settings = Settings.read("test", "node_id: " + id + "\nport: 0\nseed_nodes: " + seeds
                + "\ndata_dir: " + directory + "\n", Map.of("KVS_CLUSTER_SECRET", SECRET), "machine");
        return new Node(settings, new Environment(FileDisk.open(directory),
                () -> FileDisk.open(directory.resolve("tamper")),
                () -> FileDisk.open(directory.resolveSibling(id + "-backups")),
                new RealTextFiles(Dice.real()), Clock.REAL, Dice.real(), Logger.none(), SocketOwners.real(),
                new Environment.MachineFacts("machine", "test", directory.getParent().toString(),
                        Optional.empty()), ProcessUsage.real()), false);
    }

    String token() {
        return token;
    }

    /** Sends a request to the first node with the administrator's token, and returns the body. */
    String api(String method, String target, String body) {
        return call(token, method, target, body);
    }

    private String call(String bearer, String method, String target, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(first.url() + target))
                .header("Content-Type", "application/json").method(method, body.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        try {
            HttpResponse<String> answer = AnswerCheck.checked(
                    CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
            if (answer.statusCode() >= 300) {
                throw new AssertionError(method + " " + target + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The text of a member of a flat JSON object. */
    static String member(String json, String name) {
        return json.replaceFirst("(?s).*\"" + name + "\":\"([^\"]*)\".*", "$1");
    }

    /** Shows a page of the console to the administrator, and waits until it is complete. */
    void page(String hash) {
        String there = "location.pathname === '/console/' && sessionStorage.getItem('kvs.token') ===";
        if (browser.text("return " + there + " arguments[0] && location.hash !== arguments[1]", token, hash)
                .equals("true")) {
            // Behind the listener of the page, which marks what is busy.
            browser.script("window.arrived = undefined; addEventListener('hashchange', () => {"
                    + " window.arrived = true; }, { once: true }); location.hash = arguments[0]", hash);
        } else {
            browser.open(first.url() + "/console/" + hash);
            browser.script("sessionStorage.setItem('kvs.token', arguments[0])", token);
            browser.reload();
            browser.script("window.arrived = true");
        }
        browser.await("window.arrived && document.querySelector('#page h1')"
                + " && document.querySelector('#person button')"
                + " && !document.querySelector('[aria-busy=true]')");
    }

    /** Clicks the control of a name, once it is there. */
    void click(String name) {
        browser.click(control(name));
    }

    /** Puts a text in the place of what a field has. */
    void enter(String field, String text) {
        String element = control(field);
        browser.clear(element);
        browser.type(element, text);
    }

    /** The visible control of a name, once it is there. */
    String control(String name) {
        browser.await("(function() {" + CONTROL + "})(given[0])", name);
        return browser.element(CONTROL, name);
    }

    /** Waits until the page shows a text. */
    void shows(String text) {
        browser.await("document.body.innerText.includes(given[0])", text);
    }

    /** Waits until the notice has a text. */
    void notice(String text) {
        browser.await("document.getElementById('notice').textContent.includes(given[0])", text);
    }

    /**
     * The messages of the browser's console, but for requests that a test lets fail: it reports each of them.
     */
    List<String> faults() {
        return browser.log().stream().filter(line -> !line.contains("network") || !line.contains(" 412 "))
                .toList();
    }

    @Override
    public void close() {
        browser.close();
        second.close();
        first.close();
    }
}
