package kvs.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import kvs.json.JsonWriter;
import kvs.node.Node;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The acts of a person in the console, each in the real page. */
class ConsoleTest {

    private static final String DOWN = "\uE015";
    private static final String ENTER = "\uE007";
    private static final String TOKEN_PLACES = "return JSON.stringify([Object.keys(sessionStorage),"
            + " localStorage.length, document.cookie, location.href.includes('eyJ'),"
            + " document.documentElement.outerHTML.includes('eyJ')])";

    @TempDir
    private static Path directory;
    private static ConsoleFixture console;

    @BeforeAll
    static void start() throws Exception {
        console = ConsoleFixture.start(directory);
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

    private static String put(String path, String document) {
        return ConsoleFixture.member(console.api("PUT", "/kv/" + path + "?plain", document), "uuid");
    }

    private static String raw(String path) {
        return console.api("GET", "/kv/" + path + "?raw", "");
    }

    private static String editorText() {
        return browser().text("return document.querySelector('textarea').value");
    }

    /** Puts a text into the editor, without typing each of its signs. */
    private static void edit(String text) {
        console.control("Document (JSON)");
        browser().script("const area = document.querySelector('textarea'); area.value = arguments[0];"
                + " area.dispatchEvent(new Event('input'))", text);
    }

    @Test
    void signsInAndOut() {
        browser().open(console.first.url() + "/");
        assertEquals("/console/", browser().text("return location.pathname"));
        browser().script("sessionStorage.clear()");
        browser().reload();
        console.control("Token");
        console.enter("Token", console.token());
        console.click("Sign in");
        console.shows("root (administrator)");
        assertEquals("[[\"kvs.token\"],0,\"\",false,false]", browser().text(TOKEN_PLACES));
        console.click("Data");
        browser().await("document.getElementById('command')");
        console.click("Sign out");
        console.control("Token");
        assertEquals("", browser().text("return document.getElementById('commands').textContent"));
        assertEquals("[[],0,\"\",false,false]", browser().text(TOKEN_PLACES));
    }

    @Test
    void saysHowTheClusterIs() {
        console.api("PUT", "/admin/partners/berlin", "{\"zones\":[[\"berlin\"]],\"sends\":true}");
        console.page("#/now/");
        console.shows("The sites that exchange files with this one");
        browser().await("[...document.querySelectorAll('section[aria-label=Partners] tbody tr > *')]"
                + ".map((one) => one.textContent).join() === 'berlin,only out,not yet,none,nothing,–'");
        console.shows("2 of 2 nodes alive");
        console.click("Back up now");
        console.notice("made the backup");
        console.shows("one-");
        browser().await("document.querySelectorAll('.spark svg').length === 4");
        browser().await("document.querySelector('.sentence').textContent.startsWith('✓')");
        console.shows("'" + console.first.url() + "/admin/backup?wait=10s'");
    }

    @Test
    void browsesByTheKeyboard() {
        put("browse/a/1", "1");
        put("browse/a/2", "2");
        put("browse/b", "{\"x\":\"here\"}");
        console.page("#/data/browse/");
        console.shows("2 keys,");
        browser().script("document.querySelector('[role=listbox]').focus()");
        browser().press(DOWN, ENTER);
        browser().await("document.activeElement.textContent === 'browse/b'");
        assertTrue(editorText().contains("\"x\": \"here\""));
        browser().script("document.querySelector('[role=listbox]').focus()");
        browser().press("\uE011", ENTER);
        browser().await("location.hash === '#/data/browse/a/'");
        browser().await("document.querySelectorAll('[role=option]').length === 2");
        console.click("Everything");
        console.shows("browse/");
    }

    @Test
    void findsKeysByTheirBeginning() {
        for (String name : List.of("find/anna", "find/ann", "find/anton/x", "find/b")) {
            put(name, "1");
        }
        console.page("#/data/");
        console.enter("Keys that begin with", "find/ann");
        console.click("Find");
        browser().await("[...document.querySelectorAll('[role=option] .name')].map((one) => one.textContent)"
                + ".join() === 'ann,anna'");
        console.enter("Keys that begin with", "find/ant");
        console.click("Find");
        browser().await("document.querySelector('[role=option] .name').textContent === 'anton/'");
    }

    @Test
    void marksTheErrorAndSavesNothing() {
        put("edit/error", "{\"a\":1}");
        console.page("#/data/edit/error");
        edit("{\n  \"a\": 1,\n  \"b\" 2\n}");
        console.shows("Line 3, column 7: ':' is missing after the name of a member.");
        assertEquals("true 2", browser().text("return document.querySelector('textarea').ariaInvalid + ' '"
                + " + new DOMMatrix(getComputedStyle(document.querySelector('.mark')).transform).f / 20"));
        console.click("Save");
        console.click("Go to the error");
        assertEquals("2", browser().text("return getSelection().toString()"));
        edit("{\"a\":1,\"a\":2}");
        console.shows("the name \"a\" stands twice in this object");
        assertEquals("{\"a\":1}", raw("edit/error"));
        console.click("Manual");
        console.click("Leave");
        console.shows("KVS: the manual");
    }

    @Test
    void asksBeforeUnsavedTextIsLost() {
        put("edit/unsaved", "1");
        console.page("#/data/edit/unsaved");
        edit("2");
        console.click("Manual");
        console.click("Stay");
        browser().await("location.hash === '#/data/edit/unsaved'");
        assertEquals("2", editorText());
        console.click("Save");
        console.notice("saved edit/unsaved");
        console.click("Manual");
        console.shows("KVS: the manual");
    }

    @Test
    void needsNoTokenWhereAccountsAreOff() throws Exception {
        try (Node open = ConsoleFixture.node("open", directory.resolve("open"), "[]\nauth_enabled: false")) {
            browser().open(open.url() + "/console/#/now/");
            console.click("Go on without a token");
            console.shows("accounts are off");
            console.shows("✓ open is well");
            browser().open(open.url() + "/console/#/data/?tool=new");
            console.enter("Key", "open/door");
            console.click("Create");
            console.notice("created open/door");
            console.click("Access");
            console.notice("auth_enabled is false");
            assertEquals(List.of("403", "403"), browser().log().stream()
                    .map(line -> line.replaceFirst(".*status of (\\d+) .*", "$1")).toList());
        }
    }

    @Test
    void savesADocumentAsItIsWritten() {
        put("edit/numbers", "{\"big\":123456789012345678901234567890,\"one\":1.0}");
        console.page("#/data/edit/numbers");
        edit(editorText().replace("\"one\": 1.0", "\"one\": 1.00"));
        console.enter("Lives for", "1h");
        console.click("Save");
        console.notice("saved edit/numbers");
        assertEquals("{\n  \"big\": 123456789012345678901234567890,\n  \"one\": 1.00\n}",
                raw("edit/numbers"));
        console.shows("; ends ");
        String line = browser().text("return document.getElementById('command').textContent");
        assertTrue(line.startsWith("curl -X PUT '" + console.first.url() + "/kv/edit/numbers?plain&ttl=1h'"
                + " -H \"Authorization: Bearer $KVS_TOKEN\" -H 'If-Match: \"") && line.endsWith("}'"), line);
        assertFalse(line.contains(console.token()));
    }

    @Test
    void makesAndDeletesADocument() {
        console.page("#/data/make/?tool=new");
        console.enter("Key", "make/new one");
        edit("{\"data\":1,\"ttl\":\"1s\"}");
        console.click("Create");
        console.notice("created make/new one");
        assertEquals("{\"data\":1,\"ttl\":\"1s\"}", raw("make/new%20one"));
        browser().await("document.querySelector('h2').textContent === 'make/new one'");
        console.click("Delete");
        console.shows("Delete make/new one?");
        browser().click(browser().element("return document.querySelector('dialog button.danger')"));
        console.notice("deleted make/new one");
        assertEquals("{\"keys\":[],\"prefixes\":[],\"count\":0,\"bytes\":0}",
                console.api("GET", "/kv/make/", "").strip());
    }

    @Test
    void showsBothSidesWhenSomebodyWasFaster() {
        put("edit/race", "{\"who\":\"nobody\"}");
        console.page("#/data/edit/race");
        edit("{\"who\":\"me\"}");
        put("edit/race", "{\"who\":\"another\"}");
        console.click("Save");
        console.shows("Somebody was faster");
        String sides = browser().text("return [...document.querySelectorAll('.sides section')]"
                + ".map((one) => one.innerText).join('|')");
        assertTrue(sides.contains("On the node") && sides.contains("\"who\": \"another\"")
                && sides.contains("Yours") && sides.contains("{\"who\":\"me\"}"), sides);
        assertEquals("{\"who\":\"another\"}", raw("edit/race"));
        console.click("Keep mine");
        console.notice("saved edit/race");
        assertEquals("{\"who\":\"me\"}", raw("edit/race"));
        put("edit/race", "{\"who\":\"a third\"}");
        edit("{\"who\":\"me again\"}");
        console.click("Save");
        console.click("Take theirs");
        assertTrue(editorText().contains("a third"));
    }

    @Test
    void keepsMineWhereTheKeyWasDeletedAndMade() {
        put("edit/gone", "1");
        console.page("#/data/edit/gone");
        edit("2");
        console.api("DELETE", "/kv/edit/gone", "");
        console.click("Save");
        console.shows("The key was deleted meanwhile. Nothing was saved.");
        put("edit/gone", "3");
        console.click("Keep mine");
        console.shows("The key has another version now. Nothing was saved.");
        assertEquals("3", raw("edit/gone"));
        console.api("DELETE", "/kv/edit/gone", "");
        console.click("Keep mine");
        console.shows("The key was deleted meanwhile. Nothing was saved.");
        console.click("Keep mine");
        console.notice("saved edit/gone");
        assertEquals("2", raw("edit/gone"));
        edit("4");
        console.click("Save");
        browser().await("!document.querySelector('[aria-busy=true]')");
        assertEquals("4", raw("edit/gone"));
        assertEquals(List.of(), browser().log().stream().filter(line -> !line.contains("network")
                || !line.contains(" 412 ") && !line.contains(" 404 ")).toList());
    }

    /** A text that is typed while the node stores an older one is still to be saved. */
    @Test
    void asksForATextThatWasTypedDuringTheSave() {
        put("edit/during", "1");
        console.page("#/data/edit/during");
        edit("2");
        browser().script("const real = fetch; window.fetch = (...all) => { window.fetch = real;"
                + " document.querySelector('textarea').value = '3'; return real(...all); }");
        console.click("Save");
        console.notice("saved edit/during");
        assertEquals("2", raw("edit/during"));
        console.click("Manual");
        console.click("Stay");
        console.click("Save");
        browser().await("!document.querySelector('[aria-busy=true]')");
        assertEquals("3", raw("edit/during"));
    }

    @Test
    void putsAnOldVersionBack() {
        String old = put("past/doc", "{\"v\":1}").substring(0, 8);
        put("past/doc", "{\"v\":2}");
        console.page("#/data/past/doc?tab=history");
        console.click("Compare version " + old);
        console.shows("-   \"v\": 1");
        console.shows("+   \"v\": 2");
        console.click("Put back version " + old);
        console.notice("put back version " + old);
        assertEquals("{\"v\":1}", raw("past/doc"));
        browser().await("document.querySelector('textarea').value.includes('\"v\": 1')");
    }

    @Test
    void resolvesAConflictOfTwoNodes() {
        console.page("#/data/?tool=conflicts");
        console.shows(ConsoleFixture.CONFLICT);
        console.shows("the younger node");
        String keep = browser().text("return [...document.querySelectorAll('button')].find((one) =>"
                + " one.textContent === 'Keep the one that lost').ariaLabel");
        console.click(keep);
        console.notice("resolved " + ConsoleFixture.CONFLICT);
        assertEquals("{\"from\":\"the younger node\"}", raw(ConsoleFixture.CONFLICT));
        console.shows("No unresolved conflict on this node.");
    }

    @Test
    void locksASubtreeAndShowsWhoMayDoWhat() {
        put("locked/k", "1");
        console.page("#/access/locks");
        console.enter("Path", "locked");
        console.click("Set the lock");
        console.notice("set cdwr,----,---- at locked");
        console.page("#/data/locked/k?tab=rights");
        console.shows("administrators may do everything");
        console.shows("cdwr,----,----, set at /locked");
        console.page("#/access/locks");
        console.click("Remove the lock of locked");
        console.shows("What is set above it holds again.");
        browser().click(browser().element("return document.querySelector('dialog button.danger')"));
        console.notice("removed the lock of locked");
    }

    @Test
    void showsAnAdministratorWhatAnotherUserMayDoAndWhy() {
        String owner = user("owner of the shed");
        put("shed/key", "1");
        console.api("PUT", "/kv/shed/metadata", "{\"owner_uuid\":\"" + owner
                + "\",\"permissions_text\":\"--wr,----,----\"}");
        console.page("#/data/shed/key?tab=rights");
        console.control("User");
        browser().script("const select = document.querySelector('#page select');"
                + " select.value = arguments[0]", owner);
        console.click("Show the rights of this user");
        console.shows("What owner of the shed may do here, and why");
        assertEquals("read yes owner,write yes owner,create no owner,delete no owner", browser()
                .text("return [...document.querySelectorAll('[role=status] tbody tr')].map((row) =>"
                + " [...row.cells].slice(0, 3).map((cell) => cell.textContent).join(' ')).join()"));
        console.shows("user_uuid=" + owner);
    }

    @Test
    void renamesAUserAndMakesAnAdministrator() {
        String id = user("old name");
        console.page("#/access/users");
        console.enter("Nickname of old name", "new name");
        console.click("Rename old name");
        console.notice("renamed old name to new name");
        console.click("Make administrator: new name");
        console.notice("new name is an administrator now");
        String known = console.api("GET", "/auth/users/" + id, "");
        assertTrue(known.contains("\"nickname\":\"new name\",\"admin\":true"), known);
        console.click("Remove new name");
        browser().click(browser().element("return document.querySelector('dialog button.danger')"));
        console.notice("removed new name");
        assertFalse(console.api("GET", "/auth/users", "").contains("new name"));
    }

    /** A third node joins, dies, and is removed. */
    @Test
    void removesAMemberThatIsDead() throws Exception {
        console.page("#/now/");
        try (Node three = ConsoleFixture.node("three", directory.resolve("three"), "[\"" + URI.create(console
                .first.url()).getAuthority() + "\"]")) {
            console.shows("3 of 3 nodes alive");
            assertTrue(three.url().startsWith("http://"));
        }
        console.click("Remove three from the cluster");
        console.shows("Remove three from the cluster for good?");
        browser().click(browser().element("return document.querySelector('dialog button.danger')"));
        console.notice("removed three");
        console.shows("2 of 2 nodes alive");
        String members = console.api("GET", "/members/", "");
        assertTrue(members.matches("(?s).*\"id\":\"three\"[^}]*\"status\":\"left\".*"), members);
    }

    @Test
    void makesATokenThatIsShownOnceAndRevokesIt() {
        console.page("#/access/users");
        console.enter("Nickname", "jane");
        console.click("Make the user");
        console.notice("made the user jane");
        console.page("#/access/groups");
        console.enter("Name", "staff");
        console.click("Make the group");
        console.notice("made the group staff");
        console.page("#/access/tokens");
        console.enter("Lives for", "2h");
        console.click("Make the token");
        console.shows("It is shown only now");
        String made = browser().text("return document.getElementById('token').textContent");
        assertTrue(made.startsWith("eyJ"), made);
        console.click("I have it");
        browser().await("!document.body.innerText.includes('eyJ')");
        String revoke = browser().text("return [...document.querySelectorAll('button')].filter((one) =>"
                + " one.textContent === 'Revoke')[0].ariaLabel");
        console.click(revoke);
        browser().click(browser().element("return document.querySelector('dialog button.danger')"));
        console.notice("revoked the token");
        // The log writes its lines each second.
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end && !console.api("GET", "/admin/tamper-log?limit=1000", "")
                .contains("DELETE /auth/tokens")) {
            Thread.onSpinWait();
        }
        console.page("#/access/log");
        console.enter("Lines with", "delete /auth/tokens");
        console.click("Search");
        console.shows("1 lines");
    }

    @Test
    void keepsTheMembersOfAGroupThatOthersJoin() {
        String ann = user("ann of the group");
        String bob = user("bob of the group");
        String group = ConsoleFixture.member(console.api("POST", "/auth/groups",
                "{\"name\":\"joined\",\"members\":[\"" + ann + "\"]}"), "uuid");
        console.page("#/access/groups");
        console.click("Show the group joined");
        console.shows("1 member");
        browser().click(browser().element("return document.querySelector("
                + "'section[aria-label=\"Group joined\"] input[value=\"' + arguments[0] + '\"]')", bob));
        console.click("Save the group joined");
        console.notice("changed the group joined");
        console.shows("2 members");
        String members = console.api("GET", "/auth/groups/" + group, "");
        assertTrue(members.contains(ann) && members.contains(bob), members);
    }

    private static String user(String name) {
        return ConsoleFixture.member(console.api("POST", "/auth/users", "{\"nickname\":\"" + name + "\"}"),
                "uuid");
    }

    @Test
    void showsTheRefusalOfWhatOneMayNotDo() {
        String user = ConsoleFixture.member(console.api("POST", "/auth/users", "{\"nickname\":\"reader\"}"),
                "uuid");
        String reader = ConsoleFixture.member(console.api("POST", "/auth/tokens", "{\"user_uuid\":\"" + user
                + "\",\"scopes\":[\"read\"]}"), "token");
        put("read/only", "1");
        browser().open(console.first.url() + "/console/#/data/read/only");
        browser().script("sessionStorage.setItem('kvs.token', arguments[0])", reader);
        browser().reload();
        edit("2");
        console.click("Save");
        console.notice("no scope of the token covers");
        browser().await("document.querySelector('#notice a').hash === '#/manual/problems/forbidden'");
        assertEquals("1", raw("read/only"));
        console.click("Access");
        console.click("Leave");
        console.shows("You are reader, with the scopes read.");
        console.shows("this one: you use it");
        browser().script("sessionStorage.clear()");
        assertEquals(List.of("403"), browser().log().stream()
                .filter(line -> line.contains("/kv/")).map(line -> line.replaceFirst(
                ".*status of (\\d+) .*", "$1")).toList());
    }

    @Test
    void followsChanges() {
        console.page("#/data/live/?tool=changes");
        console.shows("following");
        put("live/lamp", "{\"on\":true}");
        console.shows("written live/lamp by root {\"on\":true}");
        console.api("DELETE", "/kv/live/lamp", "");
        console.shows("deleted live/lamp by root");
        console.click("Pause");
        console.shows("paused");
    }

    @Test
    void uploadsAndDownloadsLines() throws Exception {
        Path file = Files.writeString(directory.resolve("up.ndjson"), "{\"path\":\"lines/a\",\"data\":1.50}\n"
                + "\n \r\nnot json\n{\"path\":\"lines/b\",\"data\":{\"x\":2},\"ttl\":\"1h\"}\n");
        console.page("#/data/lines/?tool=transfer");
        browser().type(console.control("File to upload"), file.toString());
        console.click("Upload");
        console.shows("2 documents written, 1 line refused");
        console.shows("line 4: ");
        assertEquals("1.50", raw("lines/a"));
        browser().devtools("Browser.setDownloadBehavior", new JsonWriter().object()
                .field("behavior", "allow").field("downloadPath", directory.toString()));
        console.click("Download lines/");
        console.notice("downloaded 2 documents as lines.ndjson");
        Path saved = directory.resolve("lines.ndjson");
        // The browser makes an empty file first.
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end && (!Files.exists(saved) || Files.size(saved) == 0)) {
            Thread.onSpinWait();
        }
        String lines = Files.readString(saved);
        assertTrue(lines.matches("\\{\"path\":\"lines/a\",\"data\":1.50}\n"
                + "\\{\"path\":\"lines/b\",\"data\":\\{\"x\":2},\"ttl\":\"\\d+ms\"}\n"), lines);
    }

    @Test
    void readsTheManual() {
        console.page("#/manual/");
        console.click("Access");
        browser().await("document.title === 'Access – KVS'");
        console.page("#/manual/index");
        browser().click(browser().element("return document.querySelector('article a[href$=\"/keys\"]')"));
        browser().await("document.querySelector('h1').textContent === 'Keys and documents'");
        console.shows("curl -X PUT " + console.first.url().replace("http://", "") + "/kv/users/john");
        console.page("#/manual/access?at=locks");
        browser().await("document.activeElement.id === 'locks'");
        console.click("Refusals");
        console.click("forbidden");
        console.shows("Status 403.");
    }
}
