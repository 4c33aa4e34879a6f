package kvs.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A page of the manual, or the README, taken apart: headings, fenced blocks, links, prose.
 *
 * @param path relative to the root, with slashes
 * @param text the whole content
 */
public record MarkdownPage(String path, String text) {

    private static final String FENCE = "```";
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]\\[]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern SPAN = Pattern.compile("`[^`]*`");
    private static final Pattern NOT_IN_ANCHOR = Pattern.compile("[^\\p{L}\\p{N} _-]");

    /**
     * A fenced block.
     *
     * @param line of its opening fence, from 1
     * @param kind what stands behind the fence: {@code sh}, {@code json}, {@code text}
     * @param lines what stands between the fences
     * @param below whether nothing but empty lines stands between it and the block before
     */
    public record Block(int line, String kind, List<String> lines, boolean below) {

        /** The commands of a block of the shell, continued lines joined. */
        public List<String> commands() {
            List<String> commands = new ArrayList<>();
            StringBuilder command = new StringBuilder();
            for (String line : lines) {
                command.append(line);
                if (line.endsWith("\\")) {
                    command.append('\n');
                } else if (!line.isBlank()) {
                    commands.add(command.toString());
                    command.setLength(0);
                }
            }
            return commands;
        }
    }

    /** A link: the line that has it, and its target. */
    public record Link(int line, String target) { }

    /** The file's name without folders and ending. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.md$", "");
    }

    /** The path: a test of a page is named after it. */
    @Override
    public String toString() {
        return path;
    }

    /** The fenced blocks in their order. */
    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        List<String> all = text.lines().toList();
        boolean below = false;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).startsWith(FENCE)) {
                int end = i + 1;
                while (end < all.size() && !all.get(end).equals(FENCE)) {
                    end++;
                }
                blocks.add(new Block(i + 1, all.get(i).substring(FENCE.length()).strip(),
                        all.subList(i + 1, Math.min(end, all.size())), below));
                i = end;
                below = true;
            } else {
                below = below && all.get(i).isBlank();
            }
        }
        return blocks;
    }

    /** The lines outside fenced blocks, those inside as empty ones. */
    List<String> prose() {
        List<String> prose = new ArrayList<>(text.lines().toList());
        for (Block block : blocks()) {
            int end = Math.min(block.line + block.lines.size() + 1, prose.size());
            for (int i = block.line - 1; i < end; i++) {
                prose.set(i, "");
            }
        }
        return prose;
    }

    /** All links outside code. */
    List<Link> links() {
        List<Link> links = new ArrayList<>();
        List<String> prose = prose();
        for (int i = 0; i < prose.size(); i++) {
            int line = i + 1;
            LINK.matcher(SPAN.matcher(prose.get(i)).replaceAll("")).results()
                    .forEach(link -> links.add(new Link(line, link.group(1))));
        }
        return links;
    }

    /** The anchors of its headings, as GitHub makes them. */
    Set<String> anchors() {
        Set<String> anchors = new TreeSet<>();
        for (String line : prose()) {
            if (line.startsWith("#")) {
                String heading = line.replaceFirst("^#+ ", "").strip().toLowerCase(java.util.Locale.ROOT);
                anchors.add(NOT_IN_ANCHOR.matcher(heading).replaceAll("").replace(' ', '-'));
            }
        }
        return anchors;
    }

    /** The heading of the page; empty when it does not begin with one. */
    Optional<String> title() {
        return text.lines().findFirst().filter(line -> line.startsWith("# ")).map(line -> line.substring(2));
    }

    /** The first paragraph below the title, on one line: the purpose of the page. */
    String purpose() {
        List<String> words = new ArrayList<>();
        for (String line : text.lines().skip(2).toList()) {
            if (line.isBlank()) {
                break;
            }
            words.add(line.strip());
        }
        return String.join(" ", words);
    }
}
