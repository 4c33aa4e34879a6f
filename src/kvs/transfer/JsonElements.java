package kvs.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The elements of the arrays in a stream of JSON texts, each of which is {@code [element, …]} or
 * {@code {"name": [element, …], …}}. A text may be larger than the memory; an element is kept only up to a
 * bound. It is as valid as its brackets and quotes: whoever parses it checks the rest. One thread.
 *
 * <pre>
 *   BETWEEN ──[──▶ ELEMENTS ──]──▶ BETWEEN
 *      └─────{──▶ MEMBERS ──"name":[──▶ ELEMENTS ──]──▶ MEMBERS ──}──▶ BETWEEN
 * </pre>
 */
final class JsonElements implements EntryReader {

    private static final int NAME_BYTES_MAX = 1_000;
    private static final int MEMBERS_MAX = 50;
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    /** The place in a text. */
    private enum State { BETWEEN, MEMBERS, ELEMENTS, ENDED }

    /**
     * The shape of the texts.
     *
     * @param array the name of the array in a text that is an object
     * @param lines whether a text that is an array is one line: a broken one does not end the stream
     * @param ignored the end of a line that is ignored although it is broken
     * @param check judges a text that is an object, by its short members
     */
    record Shape(String array, boolean lines, String ignored, TextCheck check) { }

    /** Judges a text that is an object. */
    @FunctionalInterface
    interface TextCheck {

        /** The fault of the text; {@code members} are the JSON of the members but the array. */
        Optional<String> fault(Map<String, String> members, boolean hasArray);
    }

    private final ChecksumInput in;
    private final JsonScanner scanner;
    private final int bytesMax;
    private final Shape shape;
    private final Map<String, String> members = new HashMap<>();
    private State state = State.BETWEEN;
    private boolean object;
    private boolean hasArray;
    private boolean first;
    private boolean anyText;
    /** The fault of the last text, which holds only if no other text follows. */
    private Optional<String> lastFault = Optional.empty();
    private Optional<String> fault = Optional.empty();
    private byte[] element = {};
    private long number;
    private long line;

    /** Reads elements of at most {@code bytesMax} bytes. */
    JsonElements(InputStream in, int bytesMax, Shape shape) {
        this.in = new ChecksumInput(in);
        this.scanner = new JsonScanner(this.in);
        this.bytesMax = bytesMax;
        this.shape = shape;
    }

    @Override
    public boolean next() throws IOException {
        fault = Optional.empty();
        while (state != State.ENDED) {
            try {
                if (step()) {
                    return true;
                }
            } catch (JsonScanner.BrokenTextException e) {
                line = in.line();
                if (!skipBroken()) {
                    fail(e.problem());
                    return true;
                }
            }
        }
        return false;
    }

    /** One step of the state machine; whether it has arrived at an entry. */
    private boolean step() throws IOException, JsonScanner.BrokenTextException {
        scanner.space();
        return switch (state) {
            case BETWEEN -> begin();
            case MEMBERS -> member();
            case ELEMENTS -> element();
            case ENDED -> false;
        };
    }

    private boolean begin() throws IOException, JsonScanner.BrokenTextException {
        line = in.line();
        if (in.offset() == 0) {
            mark();
            scanner.space();
        }
        if (in.peek() == ChecksumInput.END) {
            state = State.ENDED;
            lastFault = anyText ? lastFault : Optional.of("the file is empty");
            lastFault.ifPresent(this::fail);
            return lastFault.isPresent();
        }
        anyText = true;
        lastFault = Optional.empty();
        members.clear();
        hasArray = false;
        first = true;
        object = scanner.skip('{');
        scanner.stopAtLineEnd(isLine());
        if (!object) {
            scanner.expect('[', "an object or an array");
        }
        state = object ? State.MEMBERS : State.ELEMENTS;
        return false;
    }

    private void mark() throws IOException {
        for (int i = 0; i < MARK.length && in.peek() == (MARK[i] & 0xff); i++) {
            in.take();
        }
    }

    private boolean member() throws IOException, JsonScanner.BrokenTextException {
        if (scanner.skip('}')) {
            endText();
            Optional<String> problem = shape.check.fault(Map.copyOf(members), hasArray);
            if (shape.lines) {
                problem.ifPresent(this::fail);
                return problem.isPresent();
            }
            lastFault = problem;
            return false;
        }
        separator();
        if (scanner.peek() != '"') {
            throw new JsonScanner.BrokenTextException("expected the name of a member in double quotes");
        }
        String name = text(scanner.value(NAME_BYTES_MAX));
        scanner.space();
        scanner.expect(':', "a colon");
        scanner.space();
        if (name.equals('"' + shape.array + '"') && scanner.skip('[')) {
            hasArray = true;
            first = true;
            state = State.ELEMENTS;
            return false;
        }
        String value = text(scanner.value(NAME_BYTES_MAX));
        if (members.size() < MEMBERS_MAX && !name.isEmpty()) {
            members.put(name.substring(1, name.length() - 1), value);
        }
        return false;
    }

    private static String text(Optional<byte[]> json) {
        return json.map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
    }

    private boolean element() throws IOException, JsonScanner.BrokenTextException {
        if (scanner.skip(']')) {
            first = false;
            if (object) {
                state = State.MEMBERS;
            } else {
                endText();
            }
            return false;
        }
        separator();
        line = in.line();
        Optional<byte[]> value = scanner.value(bytesMax);
        number++;
        element = value.orElse(element);
        fault = value.isPresent() ? Optional.empty()
                : Optional.of("the entry has more than " + bytesMax + " bytes");
        return true;
    }

    private void endText() {
        state = State.BETWEEN;
        scanner.stopAtLineEnd(false);
    }

    /** Whether the text ends with its line. */
    private boolean isLine() {
        return shape.lines && !object;
    }

    private void separator() throws IOException, JsonScanner.BrokenTextException {
        if (!first) {
            scanner.expect(',', "a comma or the end of the list");
            scanner.space();
        }
        first = false;
    }

    private void fail(String problem) {
        number++;
        fault = Optional.of(problem);
    }

    /** Goes behind a broken line, or ends the stream; whether the line is to be ignored. */
    private boolean skipBroken() throws IOException {
        if (!isLine()) {
            state = State.ENDED;
            return false;
        }
        while (in.peek() != ChecksumInput.END && in.peek() != '\n') {
            in.take();
        }
        endText();
        return in.endedWith(shape.ignored);
    }

    @Override
    public byte[] bytes() {
        return element;
    }

    @Override
    public Optional<String> fault() {
        return fault;
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public String where() {
        return "line " + line + ", entry " + number;
    }

    @Override
    public long offset() {
        return in.offset();
    }

    @Override
    public long crc() {
        return in.crc();
    }

    /** Reads everything before the position again: what follows depends on where in a text it is. */
    @Override
    public boolean skip(ImportProgress.FileOffset mark) throws IOException {
        while (offset() < mark.offset() && next()) {
            fault = Optional.empty();
        }
        return offset() == mark.offset() && crc() == mark.crc();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
