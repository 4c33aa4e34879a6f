package kvs.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One text file of the tree. Immutable.
 *
 * @param path relative to the root, with slashes
 * @param text the whole content
 * @param code the text without comments and literals when it is Java, else the text
 */
public record Source(String path, String text, String code) {
    /** Reads the file as what its name says. */
    public Source(String path, String text) {
        this(path, text, path.endsWith(".java") ? JavaText.codeOf(text) : text);
    }

    /** Whether this is Java of the product. */
    public boolean isProduct() {
        return path.startsWith("src/") && isJava();
    }

    /** Whether this is Java of the tests. */
    public boolean isTest() {
        return path.startsWith("test/") && isJava();
    }

    boolean isJava() {
        return path.endsWith(".java");
    }

    /** The package by the place of the file: {@code kvs.store} for {@code src/kvs/store/Log.java}. */
    String packageName() {
        String folders = path.substring(path.indexOf('/') + 1);
        return folders.substring(0, Math.max(0, folders.lastIndexOf('/'))).replace('/', '.');
    }

    /** The file's name without folders and ending. */
    String simpleName() {
        return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.java$", "");
    }

    boolean isPackageInfo() {
        return path.endsWith("/package-info.java");
    }

    /** An offender's line. */
    String at(int line, String what) {
        return path + ":" + line + ": " + what;
    }

    /** One offender for each place in the code that matches. */
    List<String> inCode(Pattern pattern, String what) {
        return matches(pattern, code, what);
    }

    /** One offender for each place that matches, comments and literals included. */
    List<String> inText(Pattern pattern, String what) {
        return matches(pattern, text, what);
    }

    private List<String> matches(Pattern pattern, String where, String what) {
        var offenders = new ArrayList<String>();
        Matcher matcher = pattern.matcher(where);
        while (matcher.find()) {
            offenders.add(at(lineOf(matcher.start()), matcher.group().strip() + ": " + what));
        }
        return offenders;
    }

    int lineOf(int offset) {
        return 1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
    }
}
