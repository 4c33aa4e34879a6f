package kvs.world;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * The log: one JSON object a line, {@code {"time","level","message", fields…, "event"?, "stack"?}}. Text
 * from outside is escaped (C0, C1, DEL, bidi controls, line separators) and cut at {@value #TEXT_MAX}
 * characters, so no input can forge or break a line. Values and secrets are never passed in.
 *
 * <p>Thread-safe: a line is written in one call.
 */
public final class Logger {

    /** Longest text of one field, in characters. */
    public static final int TEXT_MAX = 256;
    private static final int STACK_MAX = 8_192;

    /** The severity of a line. */
    public enum Level { DEBUG, INFO, WARN, ERROR }

    private final PrintStream out;
    private final Level least;
    private final Clock clock;
    private final EventRecorder events;

    /** A recorder of events, whatever the level of the log. Must not wait. */
    @FunctionalInterface
    public interface EventRecorder {

        /**
         * Records an event at that time, Unix ms; {@code fields} are those of its line behind the time, as
         * JSON without braces.
         */
        void record(long at, String fields);
    }

    /** A log that writes lines of {@code least} and above to {@code out}. */
    public Logger(PrintStream out, Level least, Clock clock) {
        this(out, least, clock, (at, fields) -> { });
    }

    private Logger(PrintStream out, Level least, Clock clock, EventRecorder events) {
        this.out = out;
        this.least = least;
        this.clock = clock;
        this.events = events;
    }

    /** The same log, which passes its events to {@code recorder} too. */
    public Logger recording(EventRecorder recorder) {
        return new Logger(out, least, clock, recorder);
    }

    /** A standard stream in UTF-8 whatever the locale: lines of the log are JSON. */
    public static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }

    /** A log that keeps nothing. */
    public static Logger none() {
        return none(Clock.REAL);
    }

    /** A log that keeps nothing, for its events. */
    public static Logger none(Clock clock) {
        return new Logger(new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                Level.ERROR, clock);
    }

    /** Writes a line for the search of a fault; {@code fields} are names and values in turn. */
    public void debug(String message, Object... fields) {
        write(Level.DEBUG, message, "", fields);
    }

    /** Writes a line about an expected event. */
    public void info(String message, Object... fields) {
        write(Level.INFO, message, "", fields);
    }

    /** Writes a line about a problem that an operator should check. */
    public void warn(String message, Object... fields) {
        write(Level.WARN, message, "", fields);
    }

    /** Writes a line about a failure, with its stack. */
    public void error(String message, Throwable cause, Object... fields) {
        write(Level.ERROR, message, stack(cause), fields);
    }

    /** Records an event, and writes its line with the severity of its kind. */
    public void event(EventKind kind, Object... fields) {
        record(kind, "", kind.level().compareTo(least) >= 0, fields);
    }

    /** The same with a line at every level: the start of a node belongs into every log. */
    public void always(EventKind kind, Object... fields) {
        record(kind, "", true, fields);
    }

    /** The same for a failure: its line has the stack, the recorded event has not. */
    public void failure(EventKind kind, Throwable cause, Object... fields) {
        record(kind, stack(cause), kind.level().compareTo(least) >= 0, fields);
    }

    private void record(EventKind kind, String stack, boolean written, Object... fields) {
        long now = clock.wallMs();
        StringBuilder text = fields(kind.level(), kind.text(), fields);
        field(text, "event", kind.word(), TEXT_MAX);
        events.record(now, text.toString());
        if (written) {
            line(now, text, stack);
        }
    }

    private static String stack(Throwable cause) {
        StringWriter stack = new StringWriter();
        cause.printStackTrace(new PrintWriter(stack));
        return stack.toString();
    }

    private void write(Level level, String message, String stack, Object... fields) {
        if (level.compareTo(least) >= 0) {
            line(clock.wallMs(), fields(level, message, fields), stack);
        }
    }

    private static StringBuilder fields(Level level, String message, Object... fields) {
        StringBuilder text = new StringBuilder(160).append("\"level\":\"")
                .append(level.name().toLowerCase(Locale.ROOT)).append('"');
        field(text, "message", message, TEXT_MAX);
        for (int i = 0; i + 1 < fields.length; i += 2) {
            text.append(",\"").append(fields[i]).append("\":");
            value(text, fields[i + 1], TEXT_MAX);
        }
        return text;
    }

    private void line(long at, StringBuilder fields, String stack) {
        StringBuilder line = new StringBuilder(fields.length() + 64).append("{\"time\":\"")
                .append(Clock.utc(at)).append("\",").append(fields);
        if (!stack.isEmpty()) {
            field(line, "stack", stack, STACK_MAX);
        }
        byte[] bytes = line.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
        out.flush();
    }

    private static void field(StringBuilder line, String name, String text, int most) {
        line.append(",\"").append(name).append("\":");
        value(line, text, most);
    }

    private static void value(StringBuilder line, Object value, int most) {
        if (value instanceof Number || value instanceof Boolean) {
            line.append(value);
            return;
        }
        if (value instanceof Map<?, ?> members) {
            object(line, members, most);
            return;
        }
        line.append('"');
        String text = String.valueOf(value);
        escape(line, text.length() <= most ? text : text.substring(0, most) + "…");
        line.append('"');
    }

    /**
     * A text from outside for people: escaped as in a line of the log, and cut after {@code most} characters.
     */
    public static String escaped(String text, int most) {
        StringBuilder shown = new StringBuilder();
        escape(shown, text.length() <= most ? text : text.substring(0, most) + "…");
        return shown.toString();
    }

    private static void object(StringBuilder line, Map<?, ?> members, int most) {
        String comma = "";
        line.append('{');
        for (Map.Entry<?, ?> member : members.entrySet()) {
            line.append(comma).append('"');
            escape(line, String.valueOf(member.getKey()));
            line.append("\":");
            value(line, member.getValue(), most);
            comma = ",";
        }
        line.append('}');
    }

    private static void escape(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
                line.append(pair ? text.substring(i, i + 2) : "\ufffd");
                i += pair ? 1 : 0;
            } else if (printable(c)) {
                line.append(c);
            } else {
                line.append(String.format("\\u%04x", (int) c));
            }
        }
    }

    /**
     * Whether a character is no control, no line separator, and does not change the direction of text
     * (Unicode TR 36).
     */
    private static boolean printable(char c) {
        return c >= 0x20 && (c < 0x7f || c > 0x9f) && c != 0x61c && (c < 0x200b || c > 0x200f)
                && (c < 0x2028 || c > 0x202e) && (c < 0x2066 || c > 0x2069) && c != 0xfeff;
    }
}
