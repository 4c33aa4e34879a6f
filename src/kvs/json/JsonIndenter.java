package kvs.json;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Indents a JSON text while it passes: two spaces a level, a member or an element a line. White space between
 * tokens is replaced, tokens pass as they are. The text must be valid. One thread.
 */
public final class JsonIndenter extends FilterOutputStream {

    private static final int STEP = 2;

    private int depth;
    private boolean inString;
    private boolean escaped;
    /** Whether the last token opened an object or an array: its end may follow on the same line. */
    private boolean opened;

    /** Writes the indented text to {@code out}. */
    public JsonIndenter(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        for (int i = from; i < from + count; i++) {
            write(bytes[i]);
        }
    }

    @Override
    public void write(int c) throws IOException {
        if (inString) {
            string(c);
            return;
        }
        switch (c) {
            case ' ', '\t', '\r' -> { }
            case '\n' -> end();
            case '{', '[' -> {
                element();
                out.write(c);
                depth++;
                opened = true;
            }
            case '}', ']' -> {
                depth--;
                if (!opened) {
                    line();
                }
                opened = false;
                out.write(c);
            }
            case ',' -> {
                out.write(c);
                line();
            }
            case ':' -> {
                out.write(c);
                out.write(' ');
            }
            default -> {
                element();
                out.write(c);
                inString = c == '"';
            }
        }
    }

    private void string(int c) throws IOException {
        out.write(c);
        inString = escaped || c != '"';
        escaped = !escaped && c == '\\';
    }

    /** Begins the first element of an object or an array on a line of its own. */
    private void element() throws IOException {
        if (opened) {
            opened = false;
            line();
        }
    }

    /** Keeps the line feed behind the text. */
    private void end() throws IOException {
        if (depth == 0) {
            out.write('\n');
        }
    }

    private void line() throws IOException {
        out.write('\n');
        for (int i = 0; i < depth * STEP; i++) {
            out.write(' ');
        }
    }
}
