package kvs.json;

/** The failure to parse or to read a JSON text, with the line and column. Carries no stack. */
public final class JsonException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final int line;
    private final int column;

    JsonException(String problem, int line, int column) {
        super(problem + " (line " + line + ", column " + column + ")", null, false, false);
        this.problem = problem;
        this.line = line;
        this.column = column;
    }

    /** The error, without the place. */
    public String problem() {
        return problem;
    }

    /** The line, from 1. */
    public int line() {
        return line;
    }

    /** The column in characters, from 1. */
    public int column() {
        return column;
    }

    /** The exception for the byte at {@code offset} of {@code bytes}; the text starts at {@code from}. */
    static JsonException at(byte[] bytes, int from, int offset, String problem) {
        int line = 1;
        int column = 1;
        for (int i = from; i < offset && i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                line++;
                column = 1;
            } else if ((bytes[i] & 0xc0) != 0x80) {
                column++;
            }
        }
        return new JsonException(problem, line, column);
    }
}
