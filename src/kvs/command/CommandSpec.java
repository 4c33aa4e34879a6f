package kvs.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The description of a command. Immutable.
 *
 * @param name the word that calls it
 * @param summary its purpose, in one phrase
 * @param forms the forms of its arguments, at least one
 * @param options its own options
 * @param notes paragraphs that say more
 * @param examples commands with their meaning
 * @param statuses the meanings of exit statuses that are its own
 * @param usesCluster whether it asks a running node, so that it takes the options of a client
 */
public record CommandSpec(String name, String summary, List<UsagePattern> forms, List<OptionSpec> options,
        List<String> notes, List<Example> examples, Map<ExitStatus, String> statuses, boolean usesCluster) {

    /** A command to type, and its meaning. */
    public record Example(String command, String meaning) { }

    /** Begins a description. */
    public static Builder named(String name, String summary) {
        return new Builder(name, summary);
    }

    /** Collects the parts of a description, in the order in which help shows them. One thread. */
    public static final class Builder {

        private final String name;
        private final String summary;
        private final List<UsagePattern> forms = new ArrayList<>();
        private final List<OptionSpec> options = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();
        private final List<Example> examples = new ArrayList<>();
        private final Map<ExitStatus, String> statuses = new EnumMap<>(ExitStatus.class);
        private boolean usesCluster;

        private Builder(String name, String summary) {
            this.name = name;
            this.summary = summary;
        }

        /** Adds a form of the arguments. */
        public Builder form(ArgumentSpec... arguments) {
            forms.add(new UsagePattern(List.of(arguments)));
            return this;
        }

        /** Adds an option. */
        public Builder option(OptionSpec option) {
            options.add(option);
            return this;
        }

        /** Adds an option without a value. */
        public Builder flag(String option, String help) {
            return option(OptionSpec.flag(option, help));
        }

        /** Adds an option with a value. */
        public Builder value(String option, ValueType type, String help) {
            return option(OptionSpec.of(option, type, help));
        }

        /** Adds a paragraph. */
        public Builder note(String text) {
            notes.add(text);
            return this;
        }

        /** Adds an example. */
        public Builder example(String command, String meaning) {
            examples.add(new Example(command, meaning));
            return this;
        }

        /** Adds the meaning of an exit status. */
        public Builder status(ExitStatus status, String meaning) {
            statuses.put(status, meaning);
            return this;
        }

        /** The command asks a running node. */
        public Builder usesCluster() {
            usesCluster = true;
            return this;
        }

        /** The description. */
        public CommandSpec build() {
            if (forms.isEmpty()) {
                form();
            }
            return new CommandSpec(name, summary, List.copyOf(forms), List.copyOf(options),
                    List.copyOf(notes), List.copyOf(examples), statuses, usesCluster);
        }
    }

    /** All options that the command takes: its own, those of a client, and those of every command. */
    public List<OptionSpec> allOptions() {
        List<OptionSpec> all = new ArrayList<>(options);
        if (usesCluster) {
            all.addAll(GlobalOptions.CLIENT);
        }
        all.addAll(GlobalOptions.EVERY);
        return all;
    }

    /** The option of that name, or with that letter. */
    Optional<OptionSpec> option(String nameOrLetter) {
        for (OptionSpec option : allOptions()) {
            boolean isShort = nameOrLetter.length() == 2 && option.hasLetter()
                    && nameOrLetter.charAt(1) == option.letter();
            if (option.name().equals(nameOrLetter) || isShort) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    /** The line, or lines, that show the forms of the command. */
    public List<String> usage() {
        List<String> lines = new ArrayList<>();
        for (UsagePattern form : forms) {
            lines.add(String.join(" ", Arrays.asList("kvs", name, form.usage(),
                    options.isEmpty() && !usesCluster ? "" : "[options]")).replace("  ", " ").strip());
        }
        return lines;
    }
}
