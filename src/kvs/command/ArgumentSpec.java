package kvs.command;

import java.util.List;

/**
 * The description of an argument that stands by its place.
 *
 * @param name the word for it in a usage line, in capitals
 * @param type its type
 * @param help its meaning, in one phrase
 * @param count the number of them
 * @param choices the words that it may be; empty for any
 */
public record ArgumentSpec(String name, ValueType type, String help, Count count, List<String> choices) {

    /** The number of arguments of a description. */
    public enum Count { ONE, OPTIONAL, MANY }

    /** An argument that must be there. */
    public static ArgumentSpec of(String name, ValueType type, String help) {
        return new ArgumentSpec(name, type, help, Count.ONE, List.of());
    }

    /** An argument that must be one of a few words. */
    public static ArgumentSpec choice(String name, List<String> choices, String help) {
        return new ArgumentSpec(name, ValueType.CHOICE, help, Count.ONE, choices);
    }

    /** The same argument, which may be missing. */
    public ArgumentSpec optional() {
        return new ArgumentSpec(name, type, help, Count.OPTIONAL, choices);
    }

    /** The same argument, once or several times. */
    public ArgumentSpec many() {
        return new ArgumentSpec(name, type, help, Count.MANY, choices);
    }

    /** The argument in a usage line. */
    public String usage() {
        return switch (count) {
            case ONE -> name;
            case OPTIONAL -> "[" + name + "]";
            case MANY -> name + "...";
        };
    }
}
