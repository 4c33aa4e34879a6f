package kvs.command;

import java.util.List;

/**
 * The description of an option.
 *
 * @param name its name with two dashes
 * @param letter its short form, a blank for none
 * @param type the type of its value; {@link ValueType#FLAG} for none
 * @param placeholder the word for the value in help
 * @param help its meaning, in one phrase
 * @param repeatable whether it may be given several times
 * @param choices the words that the value may be; empty for any
 */
public record OptionSpec(String name, char letter, ValueType type, String placeholder, String help,
        boolean repeatable, List<String> choices) {

    private static final char NONE = ' ';

    /** An option without a value. */
    public static OptionSpec flag(String name, String help) {
        return new OptionSpec(name, NONE, ValueType.FLAG, "", help, false, List.of());
    }

    /** An option with a value. */
    public static OptionSpec of(String name, ValueType type, String help) {
        return new OptionSpec(name, NONE, type, type.placeholder(), help, false, List.of());
    }

    /** An option with one of a few values. */
    public static OptionSpec choice(String name, List<String> choices, String help) {
        return new OptionSpec(name, NONE, ValueType.CHOICE, String.join("|", choices), help, false, choices);
    }

    /** The same option with a short form. */
    public OptionSpec letter(char shortForm) {
        return new OptionSpec(name, shortForm, type, placeholder, help, repeatable, choices);
    }

    /** The same option with another word for its value. */
    public OptionSpec shown(String word) {
        return new OptionSpec(name, letter, type, word, help, repeatable, choices);
    }

    /** The same option, which may be given several times. */
    public OptionSpec repeated() {
        return new OptionSpec(name, letter, type, placeholder, help, true, choices);
    }

    /** Whether it has no value. */
    public boolean isFlag() {
        return type == ValueType.FLAG;
    }

    /** Whether it has a short form. */
    public boolean hasLetter() {
        return letter != NONE;
    }

    /** The option with its value, as in {@code -o, --output FORMAT}. */
    public String usage() {
        return (hasLetter() ? "-" + letter + ", " : "") + name + (isFlag() ? "" : " " + placeholder);
    }
}
