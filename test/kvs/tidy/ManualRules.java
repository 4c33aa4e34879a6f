package kvs.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Rules for the README and the pages of the manual: lengths, links, the index, and the form of commands. */
public final class ManualRules {

    private static final String README = "README.md";
    private static final String DIRECTORY = "src/kvs/docs/";
    private static final String INDEX = DIRECTORY + "index.md";
    private static final int README_LINES_MAX = 150;
    private static final int LINE_MAX = 110;
    /** Blocks of commands that a test runs, and of those that it cannot run. */
    private static final List<String> KINDS = List.of("sh", "sh skip", "json", "text", "python",
            "javascript", "java", "go");
    private static final Pattern COMMENT = Pattern.compile("(^|\\s)#\\s.*");

    private ManualRules() { }

    /** The README and the pages among the files of a tree, by their paths. */
    public static Map<String, MarkdownPage> pages(List<Source> sources) {
        Map<String, MarkdownPage> pages = new TreeMap<>();
        for (Source source : sources) {
            if (source.path().equals(README) || source.path().startsWith(DIRECTORY)) {
                pages.put(source.path(), new MarkdownPage(source.path(), source.text()));
            }
        }
        return pages;
    }

    /** A README that is longer than a front page. */
    public static List<String> frontPage(Map<String, MarkdownPage> pages) {
        long lines = pages.get(README).text().lines().count();
        return lines <= README_LINES_MAX ? List.of()
                : List.of(README + ": " + lines + " lines, over " + README_LINES_MAX);
    }

    /** Every page whose line in the index, {@code - [Title](page.md): purpose}, is missing or another. */
    public static List<String> index(Map<String, MarkdownPage> pages) {
        String index = String.join(" ", pages.get(INDEX).text().split("\\s+")) + " ";
        List<String> offenders = new ArrayList<>();
        for (MarkdownPage page : pages.values()) {
            String entry = "- [" + page.title().orElse("") + "](" + page.name() + ".md): " + page.purpose()
                    + " ";
            if (page.path().startsWith(DIRECTORY) && !page.path().equals(INDEX) && !index.contains(entry)) {
                offenders.add(INDEX + ": the line '" + entry.strip() + "' is missing");
            }
        }
        return offenders;
    }

    /** Every page without a title or a purpose of one sentence, and every line of prose that is too long. */
    public static List<String> form(Map<String, MarkdownPage> pages) {
        List<String> offenders = new ArrayList<>();
        for (MarkdownPage page : pages.values()) {
            if (page.title().isEmpty() || !page.purpose().endsWith(".") || page.purpose().contains(". ")) {
                offenders.add(page.path() + ": begins with a title and a paragraph of one sentence");
            }
            List<String> prose = page.prose();
            for (int i = 0; i < prose.size(); i++) {
                int length = prose.get(i).codePointCount(0, prose.get(i).length());
                if (length > LINE_MAX && !prose.get(i).startsWith("|")) {
                    offenders.add(page.path() + ":" + (i + 1) + ": line of " + length + " characters");
                }
            }
        }
        return offenders;
    }

    /** Every link that leads to no file of the tree, or to no heading of the page. */
    public static List<String> links(Map<String, MarkdownPage> pages, List<Source> sources) {
        List<String> paths = sources.stream().map(Source::path).toList();
        List<String> offenders = new ArrayList<>();
        for (MarkdownPage page : pages.values()) {
            String folder = page.path().substring(0, page.path().lastIndexOf('/') + 1);
            for (MarkdownPage.Link link : page.links()) {
                String[] parts = link.target().split("#", 2);
                String path = parts[0].isEmpty() ? page.path() : folder + parts[0];
                boolean known = paths.contains(path) && (parts.length == 1
                        || pages.containsKey(path) && pages.get(path).anchors().contains(parts[1]));
                if (!known && !link.target().startsWith("https://")) {
                    offenders.add(page.path() + ":" + link.line() + ": " + link.target() + " leads nowhere");
                }
            }
        }
        return offenders;
    }

    /** Every name that a page does not have in a span of code. */
    public static List<String> missing(String path, Map<String, MarkdownPage> pages, List<String> names) {
        String text = pages.get(path).text();
        return names.stream().filter(name -> !text.contains("`" + name + "`"))
                .map(name -> path + ": `" + name + "` is missing").toList();
    }

    /** Every block of another kind, and every command with a comment or a prompt, which some shells run. */
    public static List<String> commands(Map<String, MarkdownPage> pages) {
        List<String> offenders = new ArrayList<>();
        for (MarkdownPage page : pages.values()) {
            for (MarkdownPage.Block block : page.blocks()) {
                String at = page.path() + ":" + block.line() + ": ";
                if (!KINDS.contains(block.kind())) {
                    offenders.add(at + "a block is one of " + KINDS + ", not '" + block.kind() + "'");
                }
                for (String command : block.kind().startsWith("sh") ? block.commands() : List.<String>of()) {
                    if (COMMENT.matcher(command).find() || command.startsWith("$ ")) {
                        offenders.add(at + "a command has neither comment nor prompt: " + command);
                    }
                }
            }
        }
        return offenders;
    }
}
