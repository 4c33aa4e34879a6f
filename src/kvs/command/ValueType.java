package kvs.command;

import java.util.Optional;
import kvs.model.AsciiParsers;
import kvs.model.Durations;
import kvs.world.FailureText;

/** The type of an argument or of the value of an option: its check, and its completion by a shell. */
public enum ValueType {

    /** An option without a value. */
    FLAG,
    /** Any text. */
    TEXT,
    /** A whole number that is not negative. */
    NUMBER,
    /** A duration such as {@code 90s}. */
    DURATION,
    /** A moment, by the grammar of {@link TimeText}. */
    TIME,
    /** One of a few words. */
    CHOICE,
    /** A file. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A key of the store. */
    KEY,
    /** A path that ends with a slash, with all keys below it. */
    PREFIX,
    /** The URL of a node. */
    URL,
    /** The name of a context of the client. */
    CONTEXT,
    /** A page of the manual. */
    PAGE,
    /** The name of a command. */
    COMMAND;

    private static final int DIGITS_MAX = 15;

    /** The word for the value in a usage line. */
    public String placeholder() {
        return name();
    }

    /** The problem with a value; empty when it has the form of this type. Choices are checked elsewhere. */
    Optional<String> problem(String value) {
        return switch (this) {
            case NUMBER -> AsciiParsers.number(value, DIGITS_MAX).isPresent() ? Optional.empty()
                    : Optional.of("'" + AsciiParsers.shown(value) + "' is not a whole number");
            case DURATION -> duration(value);
            case FLAG, TEXT, TIME, CHOICE, FILE, DIRECTORY, KEY, PREFIX, URL, CONTEXT, PAGE, COMMAND ->
                    Optional.empty();
        };
    }

    private static Optional<String> duration(String value) {
        try {
            Durations.parse(value);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(FailureText.text(e));
        }
    }
}
