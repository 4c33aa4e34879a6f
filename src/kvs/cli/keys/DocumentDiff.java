package kvs.cli.keys;

import java.util.List;
import kvs.command.Invocation;
import kvs.command.PrettyJson;
import kvs.command.Style;

/** Prints the difference between two documents, both indented in the same way. */
final class DocumentDiff {

    private static final Style PLAIN = new Style(false);

    private DocumentDiff() { }

    /** Prints the difference; the result is whether there is one. */
    static boolean print(Invocation invocation, byte[] old, byte[] fresh) {
        List<LineDiff.Line> lines = LineDiff.of(PrettyJson.of(old, PLAIN).lines().toList(),
                PrettyJson.of(fresh, PLAIN).lines().toList());
        for (LineDiff.Line line : lines) {
            String text = line.mark() == '@' ? line.text() : line.mark() + line.text();
            invocation.out().println(switch (line.mark()) {
                case '+' -> invocation.style().paint(Style.Colour.GREEN, text);
                case '-' -> invocation.style().paint(Style.Colour.RED, text);
                case '@' -> invocation.style().paint(Style.Colour.GREY, text);
                default -> text;
            });
        }
        return !lines.isEmpty();
    }
}
