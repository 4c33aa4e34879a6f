package kvs.tidy;

import static kvs.tidy.Samples.assertClean;
import static kvs.tidy.Samples.assertOne;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ManualRulesTest {

    private static final String PAGE = """
            # Keys and more

            Names of documents.

            ## Put, get

            [up](#put-get) and `[no](link)`

            ```sh
            curl -X PUT \\
              localhost
            echo '#1'
            ```

            ```json
            {}
            ```

            Text.

            ```text
            # no heading
            ```
            """;

    private static Map<String, MarkdownPage> page(String text) {
        return page("src/kvs/docs/keys.md", text);
    }

    private static Map<String, MarkdownPage> page(String path, String text) {
        return Map.of(path, new MarkdownPage(path, text));
    }

    @Test
    void takesAPageApart() {
        MarkdownPage page = new MarkdownPage("src/kvs/docs/keys.md", PAGE);
        assertEquals("Keys and more", page.title().orElseThrow());
        assertEquals("Names of documents.", page.purpose());
        assertEquals(Set.of("keys-and-more", "put-get"), page.anchors());
        assertEquals(List.of(new MarkdownPage.Link(7, "#put-get")), page.links());
        assertEquals(List.of("sh", "json", "text"),
                page.blocks().stream().map(MarkdownPage.Block::kind).toList());
        assertEquals(List.of("curl -X PUT \\\n  localhost", "echo '#1'"), page.blocks().get(0).commands());
        assertTrue(page.blocks().get(1).below());
        assertFalse(page.blocks().get(2).below());
    }

    @Test
    void findsALongFrontPage() {
        assertClean(ManualRules.frontPage(page("README.md", "x\n".repeat(150))));
        assertOne(ManualRules.frontPage(page("README.md", "x\n".repeat(151))), "151 lines");
    }

    @Test
    void findsWhatTheIndexLacks() {
        for (String line : List.of("- [Keys and more](keys.md): Names of\n  documents.",
                "- [Keys](keys.md): Names.")) {
            Map<String, MarkdownPage> pages = ManualRules.pages(List.of(
                    new Source("src/kvs/docs/keys.md", PAGE),
                    new Source("src/kvs/docs/index.md", "# Manual\n\nPages.\n\n" + line + "\n"),
                    new Source("src/kvs/Main.java", "")));
            assertEquals(2, pages.size());
            if (line.contains("more")) {
                assertClean(ManualRules.index(pages));
            } else {
                assertOne(ManualRules.index(pages), "[Keys and more](keys.md): Names of documents.");
            }
        }
    }

    @Test
    void findsABadForm() {
        assertClean(ManualRules.form(page(PAGE)));
        String wide = "x".repeat(200);
        assertClean(ManualRules.form(page(PAGE + "| " + wide + " |\n```text\n" + wide + "\n```\n")));
        assertOne(ManualRules.form(page(PAGE + "x".repeat(111) + "\n")), "keys.md:24: line of 111");
        assertOne(ManualRules.form(page("# Keys\n\nOne. Two.\n")), "one sentence");
        assertOne(ManualRules.form(page("Keys\n\nOne.\n")), "a title");
    }

    @Test
    void findsLinksThatLeadNowhere() {
        List<Source> sources = List.of(new Source("src/kvs/docs/keys.md", PAGE),
                new Source("src/kvs/docs/b.md", "# B"));
        assertClean(ManualRules.links(page(PAGE + "[b](b.md) [w](https://example.org/)\n"), sources));
        for (String target : List.of("c.md", "#none", "b.md#none", "../docs", "http://b")) {
            assertOne(ManualRules.links(page(PAGE + "[b](" + target + ")\n"), sources), "keys.md:24", target);
        }
    }

    @Test
    void findsNamesThatAreMissing() {
        assertClean(ManualRules.missing("src/kvs/docs/keys.md", page(PAGE), List.of("[no](link)")));
        assertOne(ManualRules.missing("src/kvs/docs/keys.md", page(PAGE), List.of("no")), "`no` is missing");
    }

    @Test
    void findsCommandsThatNobodyCanPaste() {
        assertClean(ManualRules.commands(page(PAGE)));
        for (String command : List.of("curl a # 200", "# fetch", "$ curl a")) {
            assertOne(ManualRules.commands(page(PAGE + "```sh\n" + command + "\n```\n")), command);
        }
        assertOne(ManualRules.commands(page(PAGE + "```\ncurl a\n```\n")), "not ''");
    }
}
