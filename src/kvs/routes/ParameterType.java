package kvs.routes;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import kvs.model.AsciiParsers;
import kvs.model.Durations;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.FailureText;

/**
 * The type of a query parameter: how its text is read, and how the text is described. Immutable.
 *
 * @param <T> the type of the value
 */
public sealed interface ParameterType<T> {

    /**
     * The value of a text.
     *
     * @throws Refusal {@code BAD_REQUEST} that names the parameter and the accepted values
     */
    T parse(String name, String text);

    /** The schema of the text. */
    Schema schema();

    /** The accepted values, for people. */
    String allowed();

    /** A flag: without a value, {@code true} or {@code false}. */
    record Flag() implements ParameterType<Boolean> {

        @Override
        public Boolean parse(String name, String text) {
            return switch (text) {
                case "", "true" -> true;
                case "false" -> false;
                default -> throw bad(name, "must be true, false or without a value");
            };
        }

        @Override
        public Schema schema() {
            return Schema.words("", "true", "false");
        }

        @Override
        public String allowed() {
            return "flag";
        }
    }

    /** An integer within bounds. */
    record Range(long least, long most) implements ParameterType<Long> {

        private static final int DIGITS_MAX = 18;
        /** The largest number of {@value #DIGITS_MAX} digits. */
        static final long NUMBER_MAX = 999_999_999_999_999_999L;

        @Override
        public Long parse(String name, String text) {
            OptionalLong number = AsciiParsers.number(text, DIGITS_MAX);
            if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
                throw bad(name, "must be an integer from " + least + " to " + most);
            }
            return number.getAsLong();
        }

        @Override
        public Schema schema() {
            return Schema.integer(least, most);
        }

        @Override
        public String allowed() {
            return most == NUMBER_MAX ? "integer from " + least : "integer, " + least + " to " + most;
        }
    }

    /** A duration of at most {@code mostMs}, in ms. */
    record Span(long mostMs) implements ParameterType<Long> {

        @Override
        public Long parse(String name, String text) {
            long ms;
            try {
                ms = Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new Refusal(Reason.BAD_REQUEST, quoted(name) + ": " + FailureText.text(e));
            }
            if (ms > mostMs) {
                throw bad(name, "must be at most " + Durations.text(mostMs));
            }
            return ms;
        }

        @Override
        public Schema schema() {
            return Schemas.DURATION;
        }

        @Override
        public String allowed() {
            return "duration, at most " + Durations.text(mostMs);
        }
    }

    /** A key, a part of one, or the end of a range of keys. */
    record KeyText() implements ParameterType<String> {

        /** The first text behind a prefix may have a longer last character than any key. */
        private static final int BYTES_MAX = Key.BYTES_MAX + 4;

        @Override
        public String parse(String name, String text) {
            if (text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
                throw bad(name, "is longer than any key: a key has at most " + Key.BYTES_MAX + " bytes");
            }
            return text;
        }

        @Override
        public Schema schema() {
            return Schema.text();
        }

        @Override
        public String allowed() {
            return "key, or the beginning of one";
        }
    }

    /** A text that its resource reads. */
    record Text(String allowed) implements ParameterType<String> {

        @Override
        public String parse(String name, String text) {
            return text;
        }

        @Override
        public Schema schema() {
            return Schema.text();
        }
    }

    /** One of some words. */
    record Words(List<String> words) implements ParameterType<String> {

        @Override
        public String parse(String name, String text) {
            if (!words.contains(text)) {
                throw bad(name, "must be " + listed());
            }
            return text;
        }

        @Override
        public Schema schema() {
            return Schema.words(words.toArray(String[]::new));
        }

        @Override
        public String allowed() {
            return listed();
        }

        private String listed() {
            int last = words.size() - 1;
            return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
        }
    }

    private static Refusal bad(String name, String problem) {
        return new Refusal(Reason.BAD_REQUEST, quoted(name) + " " + problem);
    }

    private static String quoted(String name) {
        return "the query parameter '" + name + "'";
    }
}
