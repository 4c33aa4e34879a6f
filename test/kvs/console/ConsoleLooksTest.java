package kvs.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The looks of every view of the console: contrast, width, names, the keyboard; and that hostile texts stay
 * texts in it.
 */
class ConsoleLooksTest {

    private static final String TAB = "\uE004";
    private static final int NARROW = 360;
    private static final int WIDE = 1_280;
    private static final int HEIGHT = 800;
    /** Roles of the accessibility tree whose elements need a name. */
    private static final Set<String> NAMED = Set.of("button", "link", "textbox", "searchbox", "checkbox",
            "combobox", "listbox", "option", "img", "dialog", "form", "region", "log", "spinbutton", "alert");
    private static final Set<String> LANDMARKS = Set.of("banner", "navigation", "main");

    /** The visible texts whose contrast to what is behind them (WCAG 2.2, 1.4.3) is below 4.5. */
    private static final String FAINT = """
            const parse = (colour) => { const parts = colour.match(/[\\d.]+/g).map(Number);
              return colour.startsWith('color(') ? [...parts.slice(-4, -1).map((part) => part * 255), parts.at(-1)]
                : [parts[0], parts[1], parts[2], parts[3] ?? 1]; };
            const over = (top, ground) => [0, 1, 2].map((i) => top[i] * top[3] + ground[i] * (1 - top[3])).concat(1);
            const ground = (one) => { const layers = [];
              for (let at = one; at; at = at.parentElement) { layers.push(parse(getComputedStyle(at).backgroundColor)); }
              return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]); };
            const light = (colour) => { const [r, g, b] = colour.slice(0, 3).map((part) => part / 255)
                .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
              return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
            const faint = [];
            for (const one of document.body.querySelectorAll('*')) {
              const text = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
              const shown = text || one.value && one.matches('input, textarea, select') ? text || one.value : '';
              if (shown && one.checkVisibility() && one.getClientRects().length > 0) {
                const behind = ground(one);
                const front = over(parse(getComputedStyle(one).color), behind);
                const [low, high] = [light(front), light(behind)].sort((a, b) => a - b);
                const contrast = (high + 0.05) / (low + 0.05);
                if (contrast < 4.5) { faint.push(`${shown.slice(0, 40)}: ${contrast.toFixed(2)}`); }
              }
            }
            return faint.join('; ');
            """;

    /** Marks each control that gets the focus from now on. */
    private static final String WATCH_FOCUS = """
            window.reached = new Set();
            document.addEventListener('focusin', (event) => window.reached.add(event.target));
            const first = document.querySelector('dialog[open] button') ?? document.getElementById('skip');
            first.focus();
            window.reached.add(first);
            window.controls = [...document.querySelectorAll('a[href], button, input, select, textarea, summary,'
                + ' [tabindex="0"]')].filter((one) => one.checkVisibility() && !one.disabled
                && (!document.querySelector('dialog[open]') || one.closest('dialog[open]')));
            return String(window.controls.length);
            """;
    private static final String NOT_REACHED = "return window.controls.filter((one) => one.isConnected"
            + " && !window.reached.has(one)).map((one) => one.tagName + ' ' + one.textContent.slice(0, 30))"
            + ".join('; ')";

    @TempDir
    private static Path directory;
    private static ConsoleFixture console;

    @BeforeAll
    static void start() throws Exception {
        console = ConsoleFixture.start(directory);
        String hostile = ConsoleFixture.HOSTILE;
        String name = hostile.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20");
        String document = "{\"x\":\"" + hostile + "\"}";
        console.api("PUT", "/kv/looks/doc", "{\"v\":1}");
        console.api("PUT", "/kv/looks/doc", "{\"v\":2,\"html\":\"" + hostile + "\"}");
        console.api("PUT", "/kv/looks/deep/doc", "1");
        for (String path : List.of("/kv/hostile/" + name, "/kv/" + name + "/inner", "/kv/hostile/twice")) {
            console.api("PUT", path, "1");
            console.api("PUT", path, document);
        }
        console.api("POST", "/auth/users", "{\"nickname\":\"" + hostile + "\"}");
        console.api("POST", "/auth/groups", "{\"name\":\"" + hostile + "\",\"members\":[]}");
        console.api("PUT", "/kv/" + name + "/metadata", "{\"permissions_text\":\"cdwr,---r,----\"}");
        console.api("POST", "/admin/backup", "");
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

    /** In both widths and both schemes, in make sim in each of the four: nothing is faint or too wide. */
    private static void looksWell(String view) {
        looksWell(view, WIDE, "light");
        looksWell(view, NARROW, "dark");
        if (Depth.of(0, 1) == 1) {
            looksWell(view, NARROW, "light");
            looksWell(view, WIDE, "dark");
        }
    }

    private static void looksWell(String view, int width, String scheme) {
        browser().screen(width, HEIGHT, scheme);
        String at = view + " at " + width + ", " + scheme;
        assertEquals("", browser().text(FAINT), at);
        assertTrue(Integer.parseInt(browser().text("return document.documentElement.scrollWidth")) <= width,
                at + " is too wide: " + browser().text("return [...document.body.querySelectorAll('*')]"
                + ".filter((one) => one.getBoundingClientRect().right > " + width + ").slice(0, 5)"
                + ".map((one) => one.tagName + '.' + one.className).join()"));
    }

    /** Every control has a name for screen readers, and every page its landmarks and one heading. */
    private static void isNamed(String view) throws Exception {
        List<String> nameless = new ArrayList<>();
        Set<String> roles = new TreeSet<>();
        for (JsonValue node : Browser.member(browser().devtools("Accessibility.getFullAXTree",
                new JsonWriter().object()), "nodes").elements()) {
            if (Browser.member(node, "ignored").bool()) {
                continue;
            }
            String role = Browser.text(Browser.member(Browser.member(node, "role"), "value"));
            roles.add(role);
            String name = node.field("name").map(given -> Browser.text(Browser.member(given, "value")))
                    .orElse("");
            if (NAMED.contains(role) && name.isBlank() && !role.equals("alert")) {
                nameless.add(role + " " + Browser.text(Browser.member(node, "backendDOMNodeId")));
            }
        }
        assertEquals(List.of(), nameless, view);
        boolean dialog = roles.contains("dialog");
        assertTrue(dialog || roles.containsAll(LANDMARKS), view + ": " + roles);
        assertEquals("1", browser().text("return document.querySelectorAll('h1').length"), view);
    }

    /** The tab key comes to every control. */
    private static void isReached(String view) {
        int controls = Integer.parseInt(browser().text(WATCH_FOCUS));
        String[] tabs = new String[controls + 3];
        Arrays.fill(tabs, TAB);
        browser().press(tabs);
        assertEquals("", browser().text(NOT_REACHED), view);
    }

    /** No element of the page is made of data, and nobody was alerted. */
    private static void staysText(String view) {
        assertEquals("0", browser().text("return document.querySelectorAll('body img, body script')"
                + ".length"), view);
    }

    private static void isGood(String view) throws Exception {
        looksWell(view);
        isNamed(view);
        isReached(view);
        staysText(view);
    }

    @Tag(Depth.DEEP)
    @ParameterizedTest
    @ValueSource(strings = {"#/now/", "#/data/", "#/data/looks/doc", "#/data/looks/doc?tab=rights",
        "#/data/?tool=new", "#/data/?tool=conflicts", "#/data/?tool=changes", "#/data/?tool=transfer",
        "#/access/users", "#/access/groups", "#/access/tokens", "#/access/locks", "#/access/log",
        "#/manual/index", "#/manual/api", "#/manual/problems/", "#/manual/problems/forbidden"})
    void everyViewLooksWellAndIsReachedByKeys(String view) throws Exception {
        console.page(view);
        browser().await("document.querySelector('#page h2, #page article, #page .sentence, [role=option]')");
        isGood(view);
    }

    @Tag(Depth.DEEP)
    @Test
    void whatAppearsLaterLooksWellToo() throws Exception {
        console.page("#/data/looks/doc?tab=history");
        console.click(browser().text("return [...document.querySelectorAll('button')].filter((one) =>"
                + " one.textContent === 'Compare').at(-1).ariaLabel"));
        console.shows("+   \"v\": 2,");
        isGood("the difference");
        console.page("#/data/looks/doc");
        console.control("Document (JSON)");
        browser().script("const area = document.querySelector('textarea'); area.value = '{\"mine\": 1}';"
                + " area.dispatchEvent(new Event('input'))");
        console.api("PUT", "/kv/looks/doc", "{\"v\":3,\"html\":\"" + ConsoleFixture.HOSTILE + "\"}");
        console.click("Save");
        console.shows("Somebody was faster");
        isGood("both sides");
        console.click("Take theirs");
        browser().script("const area = document.querySelector('textarea'); area.value = '{\\n\"a\" 1}';"
                + " area.dispatchEvent(new Event('input'))");
        console.shows("Line 2, column 5");
        isGood("the error");
        console.click("Delete");
        console.shows("Delete looks/doc?");
        isGood("the question");
        console.click("Cancel");
        browser().script("sessionStorage.clear()");
        browser().reload();
        console.control("Token");
        isGood("the form for a token");
    }

    @Test
    void hostileDocumentAndKeyStayTextEverywhere() {
        String name = URLEncoder.encode(ConsoleFixture.HOSTILE, StandardCharsets.UTF_8).replace("+", "%20");
        String key = "hostile/" + name;
        for (String view : List.of("#/data/", "#/data/hostile/", "#/data/" + key, "#/data/" + key
                + "?tab=history", "#/data/" + key + "?tab=rights", "#/data/" + name + "/", "#/data/hostile/"
                + "?tool=new", "#/access/users", "#/access/groups", "#/access/tokens", "#/access/locks",
                "#/access/log", "#/manual/" + name, "#/manual/problems/" + name)) {
            console.page(view);
            browser().await("document.body.innerText.includes(given[0]) || location.hash.includes('manual')"
                    + " || [...document.querySelectorAll('option, input')].some((one) =>"
                    + " (one.value + one.textContent).includes(given[0])) || location.hash.includes('new')",
                    ConsoleFixture.HOSTILE);
            staysText(view);
        }
        assertFalse(console.faults().stream().anyMatch(line -> line.contains("Content Security")));
    }

    @Test
    void hostileChangeStaysText() {
        console.page("#/data/?tool=changes");
        console.shows("following");
        console.api("PUT", "/kv/hostile/twice", "{\"again\":\"" + ConsoleFixture.HOSTILE + "\"}");
        console.shows("{\"again\":\"" + ConsoleFixture.HOSTILE + "\"}");
        staysText("the change");
    }
}
