package kvs.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import kvs.sim.Depth;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Actions of the console that end, repeat or fail, in its modules with answers that the test makes. */
@Tag(Depth.DEEP)
class ConsoleActionsTest {

    /** Replaces what a module finds in the window, and puts it back. */
    private static final String WITH = "const later = () => new Promise((done) => setTimeout(done));"
            + " const real = { fetch: window.fetch, setInterval: window.setInterval,"
            + " setTimeout: window.setTimeout };"
            + " const put = (answer) => new Response(JSON.stringify(answer)); ";

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

    private static String inModule(String module, String body) {
        return Browser.text(console.browser.later("const told = arguments[arguments.length - 1]; " + WITH
                + "import('/console/" + module + "').then(async (module) => { " + body + " })"
                + ".catch((fault) => 'fault ' + fault.stack).then((text) => {"
                + " Object.assign(window, real); told(text); })"));
    }

    @Test
    void formIsNotSubmittedAgainWhileItRuns() {
        assertEquals("1 2", inModule("dom.js", """
                let runs = 0;
                let end;
                const form = module.form(() => new Promise((done) => { runs++; end = done; }), {});
                const submit = () => form.dispatchEvent(new Event('submit', { cancelable: true }));
                submit();
                submit();
                const first = runs;
                end();
                await later();
                submit();
                return `${first} ${runs}`;
                """));
    }

    @Test
    void faultOfThePageIsAFixedSentence() {
        String shown = inModule("notice.js", """
                module.complain(new TypeError('x is not a function'));
                const notice = document.getElementById('notice');
                return `${notice.className}: ${notice.textContent}`;
                """);
        assertTrue(shown.startsWith("notice bad: this page has a fault"), shown);
        List<String> log = console.browser.log();
        assertTrue(log.size() == 1 && log.get(0).contains("x is not a function"), log.toString());
        String rejected = inModule("notice.js", """
                Promise.reject(new TypeError('y is not a function'));
                await later();
                await later();
                return document.getElementById('notice').textContent;
                """);
        assertTrue(rejected.startsWith("this page has a fault"), rejected);
        assertEquals(1, console.browser.log().size());
    }

    /** A page may still wait for answers, or count keys, when its person signs out. */
    @Test
    void nothingIsAskedForOnceThePersonHasSignedOut() {
        assertEquals("0 AbortError {}", inModule("listing.js", """
                const { get } = await import('/console/request.js');
                const held = sessionStorage.getItem('kvs.token');
                let asked = 0;
                window.fetch = async () => { asked++; return put({ count: 1 }); };
                let end;
                const counted = new Promise((done) => { end = done; });
                window.setTimeout = (action) => end(action);
                const counts = new module.Counts(() => {});
                counts.of('open/');
                sessionStorage.removeItem('kvs.token');
                try {
                  (await counted)();
                  const refused = await get('/kv/open/').catch((failure) => failure.name);
                  return `${asked} ${refused} ${JSON.stringify(counts.of('open/'))}`;
                } finally {
                  sessionStorage.setItem('kvs.token', held);
                }
                """));
    }

    /** The administrator's names are read once each; others ask for none, but know their own groups. */
    @Test
    void namesOfGroupsAreReadOnceAndByAdministratorsOnly() {
        assertEquals("staff staff 1 bbbbbbbb mine 1", inModule("people.js", """
                const before = module.myself();
                let reads = 0;
                window.fetch = async () => { reads++; return put({ name: 'staff' }); };
                module.setMe({ admin: true });
                const names = await Promise.all(['aaaaaaaa-a', 'aaaaaaaa-a'].map(module.groupName));
                const first = reads;
                module.setMe({ admin: false, groups: [{ uuid: 'cccccccc-c', name: 'mine' }] });
                const others = [await module.groupName('bbbbbbbb-b'), await module.groupName('cccccccc-c')];
                module.setMe(before);
                return `${names.join(' ')} ${first} ${others.join(' ')} ${reads}`;
                """));
    }

    @Test
    void uploadEndsWhenThePageIsLeft() {
        assertEquals("1 500", inModule("transfer.js", """
                let batches = 0;
                let operations = 0;
                const leaving = new AbortController();
                window.fetch = async (target, { body }) => {
                  batches++;
                  const { ops } = JSON.parse(body);
                  operations += ops.length;
                  leaving.abort();
                  return put({ results: ops.map(() => ({ status: 200 })) });
                };
                const lines = Array.from({ length: 1200 }, (_, i) => `{"path":"k${i}","data":1}`);
                const chosen = new DataTransfer();
                chosen.items.add(new File([lines.join('\\n')], 'many.ndjson'));
                const view = module.transferView('', leaving.signal);
                view.querySelector('input').files = chosen.files;
                const upload = [...view.querySelectorAll('button')]
                    .find((one) => one.textContent === 'Upload');
                upload.click();
                while (upload.getAttribute('aria-busy') === 'true') { await later(); }
                return `${batches} ${operations}`;
                """));
    }

    /** Each line of a download is in the file, whatever the parts in which it is collected. */
    @Test
    void downloadIsCollectedInFewParts() {
        assertEquals("3 40000 true", inModule("transfer.js", """
                const line = (i) => `{"path":"k${i}","data":{"text":"${'x'.repeat(60)}"},"uuid":"u"}`;
                const lines = Array.from({ length: 40_000 }, (_, i) => line(i));
                window.fetch = async () => new Response(`${lines.join('\\n')}\\n`);
                const { createObjectURL } = URL;
                let file;
                let parts = 0;
                const RealBlob = Blob;
                window.Blob = class extends RealBlob { constructor(...all) { super(...all); parts++; } };
                URL.createObjectURL = (blob) => { file = blob; return '#/manual/'; };
                const view = module.transferView('', new AbortController().signal);
                const button = view.querySelector('button');
                button.click();
                while (button.getAttribute('aria-busy') === 'true') { await later(); }
                Object.assign(URL, { createObjectURL });
                window.Blob = RealBlob;
                const text = (await file.text()).trim().split('\\n');
                const each = text.every((one, i) => JSON.parse(one).path === `k${i}`);
                return `${parts - 1} ${text.length} ${each}`;
                """));
    }

    @Test
    void pageOfThePresentAsksOneAtATimeAndNotAfterItWasLeft() {
        assertEquals("0 1 1 2", inModule("now.js", """
                const facts = { node_id: 'n', status: 'ok', members: [], problems: [], problem_details: [],
                  backups: [], events: [] };
                let timers = 0;
                let poll;
                window.setInterval = (action) => { timers++; poll = action; };
                const left = new AbortController();
                const answer = async (target) => (target === '/metrics'
                    ? new Response('{}', { status: 403 }) : put(facts));
                window.fetch = (target) => { left.abort(); return answer(target); };
                await module.nowPage({}, left.signal);
                const afterLeaving = timers;
                window.fetch = answer;
                const stays = new AbortController();
                await module.nowPage({}, stays.signal);
                let reads = 0;
                let release;
                const slow = new Promise((done) => { release = done; });
                window.fetch = async (target) => {
                  reads += target.startsWith('/health') ? 1 : 0;
                  await slow;
                  return answer(target);
                };
                poll();
                poll();
                const atOnce = reads;
                release();
                for (let i = 0; i < 20; i++) { await later(); }
                poll();
                stays.abort();
                for (let i = 0; i < 20; i++) { await later(); }
                return `${afterLeaving} ${timers} ${atOnce} ${reads}`;
                """));
    }
}
