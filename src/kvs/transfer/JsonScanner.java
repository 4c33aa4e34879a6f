package kvs.transfer;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds the values of a JSON text in a stream, by its brackets and quotes alone: a value is as valid as
 * these. One thread.
 */
final class JsonScanner {

    private static final int KEPT_BYTES = 4_096;

    /** The report of a text that is not JSON. Carries no stack. */
    static final class BrokenTextException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String problem;

        BrokenTextException(String problem) {
            super(problem, null, false, false);
            this.problem = problem;
        }

        /** The fault of the text. */
        String problem() {
            return problem;
        }
    }

    /** The way through one value. */
    private static final class ValueScan {

        private int depth;
        private boolean quoted;
        private boolean escaped;
        private boolean ended;

        /** Whether the byte is behind a number or a word. */
        boolean endsBefore(int next) {
            return !quoted && depth == 0
                    && (next == ',' || next == ']' || next == '}' || next == ':' || blank(next));
        }

        void pass(int next) {
            if (quoted) {
                quoted = escaped || next != '"';
                escaped = !escaped && next == '\\';
            } else {
                quoted = next == '"';
                depth += next == '{' || next == '[' ? 1 : next == '}' || next == ']' ? -1 : 0;
            }
            ended = !quoted && depth == 0 && (next == '"' || next == '}' || next == ']');
        }
    }

    private final ChecksumInput in;
    private boolean lineEnds;
    private byte[] kept = new byte[KEPT_BYTES];

    JsonScanner(ChecksumInput in) {
        this.in = in;
    }

    /** Sets whether a line break counts as the end of the stream. */
    void stopAtLineEnd(boolean stops) {
        lineEnds = stops;
    }

    /** The next byte, without reading it, or {@code END}. */
    int peek() throws IOException {
        int next = in.peek();
        return lineEnds && next == '\n' ? ChecksumInput.END : next;
    }

    /** Reads white space. */
    void space() throws IOException {
        while (blank(peek())) {
            in.take();
        }
    }

    /** Reads this byte if it is the next; whether it was. */
    boolean skip(char wanted) throws IOException {
        boolean there = peek() == wanted;
        if (there) {
            in.take();
        }
        return there;
    }

    /** Reads this byte, which must be the next. */
    void expect(char wanted, String what) throws IOException, BrokenTextException {
        if (!skip(wanted)) {
            throw peek() == ChecksumInput.END ? cutOff() : new BrokenTextException("expected " + what);
        }
    }

    /** Reads a value; empty when it has more than {@code most} bytes. */
    Optional<byte[]> value(int most) throws IOException, BrokenTextException {
        ValueScan scan = new ValueScan();
        int bytes = 0;
        while (!scan.ended) {
            int next = peek();
            if (next == ChecksumInput.END) {
                throw cutOff();
            }
            if (scan.endsBefore(next)) {
                break;
            }
            in.take();
            scan.pass(next);
            if (bytes <= most) {
                kept = bytes < kept.length ? kept : Arrays.copyOf(kept, 2 * bytes);
                kept[bytes++] = (byte) next;
            }
        }
        if (bytes == 0) {
            throw new BrokenTextException("expected a value");
        }
        return bytes > most ? Optional.empty() : Optional.of(Arrays.copyOf(kept, bytes));
    }

    private BrokenTextException cutOff() {
        return new BrokenTextException(lineEnds ? "the line is cut off" : "the file is cut off");
    }

    private static boolean blank(int b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
