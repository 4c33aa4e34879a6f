package kvs.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Rules for text as text: line ends and lengths, left-over marks, and names that belong to one machine or one
 * host.
 */
public final class Plain {
    private static final String TEXT_BLOCK = "\"\"\"";
    private static final int LINE_MAX = 110;
    // Brackets keep these patterns from matching themselves.
    private static final Pattern MARK = Pattern.compile("\\bTO[D]O\\b|\\bFIX[M]E\\b|\\bX[X]X\\b");
    private static final Pattern MACHINE = Pattern.compile("(?<![\\w.}/-])(?:[/]home[/]\\w|[/]Users[/]\\w"
            + "|[/]root[/]|[/]work[/]|[/]tmp[/]kvs|[/]usr[/]lib[/]jvm[/]\\w)");
    private static final Pattern REGISTRY = Pattern.compile(
            "(?i)\\b(?:repo1?[.]maven|maven[.]org|mvnrepository[.]com|sonatype[.]org"
                    + "|plugins[.]gradle|jitpack[.]io|registry[.]npmjs|pypi[.]org|pythonhosted[.]org"
                    + "|crates[.]io|proxy[.]golang|rubygems[.]org"
                    + "|ghcr[.]io|docker[.]io)\\b");
    private static final Pattern TAB = Pattern.compile("\t");
    private static final Pattern TRAILING = Pattern.compile("(?md)[ \t\r]+$");

    private Plain() {}

    /** Every mark of unfinished work, in comments too. */
    public static List<String> marks(List<Source> sources) {
        return sources.stream()
                .flatMap(source -> source.inText(MARK, "finish it or open an issue").stream()).toList();
    }

    /** Every path of one machine and every host of a package registry, in any file. */
    public static List<String> places(List<Source> sources) {
        return sources.stream().flatMap(source -> Stream.concat(
                source.inText(MACHINE, "a path of one machine").stream(),
                source.inText(REGISTRY, "a registry's host").stream())).toList();
    }

    /** Every line of Java that is too long, tests included; a text block is data, and as wide as that is. */
    public static List<String> longLines(List<Source> sources) {
        var offenders = new ArrayList<String>();
        for (Source source : sources.stream().filter(Source::isJava).toList()) {
            List<String> lines = source.text().lines().toList();
            boolean data = false;
            for (int i = 0; i < lines.size(); i++) {
                data ^= lines.get(i).split(TEXT_BLOCK, -1).length % 2 == 0;
                int length = lines.get(i).codePointCount(0, lines.get(i).length());
                if (length > LINE_MAX && !data) {
                    offenders.add(source.at(i + 1, "line of " + length + " characters, over " + LINE_MAX));
                }
            }
        }
        return offenders;
    }

    /** Blanks at the end of a line, a missing or doubled end of file, tabs in Java. Tests are exempt. */
    public static List<String> blanks(List<Source> sources) {
        var offenders = new ArrayList<String>();
        for (Source source : sources.stream().filter(source -> !source.isTest()).toList()) {
            offenders.addAll(source.inText(TRAILING, "blanks at the end of the line"));
            if (source.isJava()) {
                offenders.addAll(source.inText(TAB, "a tab"));
            }
            if (!source.text().endsWith("\n") || source.text().endsWith("\n\n")) {
                offenders.add(source.at(source.lineOf(source.text().length()),
                        "a file ends with one line end"));
            }
        }
        return offenders;
    }
}
