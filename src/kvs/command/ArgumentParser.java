package kvs.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.model.NameSuggestion;

/**
 * Reads the arguments of a command by its description: {@code --name value}, {@code --name=value},
 * {@code -x value}, {@code -xvalue}, several flags behind one dash, and {@code --} before arguments that
 * begin with a dash. A dash alone is an argument. One run, one thread.
 */
public final class ArgumentParser {

    private static final String DASHES = "--";

    private final CommandSpec spec;
    private final List<String> args;
    private final Map<String, List<String>> options = new LinkedHashMap<>();
    private final List<String> rest = new ArrayList<>();
    private int next;

    private ArgumentParser(CommandSpec spec, List<String> args) {
        this.spec = spec;
        this.args = args;
    }

    /** Reads the arguments behind the name of a command. With {@code --help} their number is not checked. */
    public static Arguments parse(CommandSpec spec, List<String> args) throws MisuseException {
        return new ArgumentParser(spec, args).run();
    }

    private Arguments run() throws MisuseException {
        boolean open = true;
        while (next < args.size()) {
            String arg = args.get(next++);
            if (!open || arg.length() < 2 || arg.charAt(0) != '-') {
                rest.add(arg);
            } else if (arg.equals(DASHES)) {
                open = false;
            } else if (arg.startsWith(DASHES)) {
                named(arg);
            } else {
                lettered(arg);
            }
        }
        if (!options.containsKey(GlobalOptions.HELP)) {
            checkRest();
        }
        return new Arguments(spec, options, List.copyOf(rest));
    }

    private void named(String arg) throws MisuseException {
        int equals = arg.indexOf('=');
        String name = equals < 0 ? arg : arg.substring(0, equals);
        OptionSpec option = spec.option(name).orElseThrow(() -> unknown(name));
        if (option.isFlag() && equals >= 0) {
            throw new MisuseException(name + " takes no value");
        }
        add(option, option.isFlag() ? Optional.empty()
                : Optional.of(equals < 0 ? value(option) : arg.substring(equals + 1)));
    }

    private void lettered(String arg) throws MisuseException {
        for (int i = 1; i < arg.length(); i++) {
            String letter = "-" + arg.charAt(i);
            OptionSpec option = spec.option(letter).orElseThrow(() -> unknown(letter));
            if (!option.isFlag()) {
                add(option, Optional.of(i + 1 < arg.length() ? arg.substring(i + 1) : value(option)));
                return;
            }
            add(option, Optional.empty());
        }
    }

    /** The next argument, as the value of an option. */
    private String value(OptionSpec option) throws MisuseException {
        if (next == args.size() || args.get(next).startsWith(DASHES)) {
            throw new MisuseException(option.name() + " needs a value: " + option.usage());
        }
        return args.get(next++);
    }

    private void add(OptionSpec option, Optional<String> value) throws MisuseException {
        List<String> values = options.computeIfAbsent(option.name(), name -> new ArrayList<>());
        if (value.isEmpty()) {
            return;
        }
        if (!values.isEmpty() && !option.repeatable()) {
            throw new MisuseException(option.name() + " is repeated");
        }
        check(option.name(), option.type(), option.choices(), value.get());
        values.add(value.get());
    }

    private static void check(String what, ValueType type, List<String> choices, String value)
            throws MisuseException {
        if (!choices.isEmpty() && !choices.contains(value)) {
            throw new MisuseException(what + " must be one of " + String.join(", ", choices) + ", not '"
                    + value + "'" + NameSuggestion.hint(value, choices));
        }
        Optional<String> problem = type.problem(value);
        if (problem.isPresent()) {
            throw new MisuseException(what + ": " + problem.get());
        }
    }

    private MisuseException unknown(String name) {
        List<String> names = new ArrayList<>();
        spec.allOptions().forEach(option -> names.add(option.name()));
        return new MisuseException("kvs " + spec.name() + " has no option " + name
                + NameSuggestion.hint(name, names));
    }

    private void checkRest() throws MisuseException {
        for (UsagePattern form : spec.forms()) {
            if (form.takes(rest.size()) && fits(form)) {
                checkTypes(form);
                return;
            }
        }
        for (UsagePattern form : spec.forms()) {
            if (form.takes(rest.size())) {
                checkTypes(form);
            }
        }
        throw new MisuseException("kvs " + spec.name() + " takes " + String.join(" or ", spec.forms().stream()
                .map(form -> form.arguments().isEmpty() ? "no arguments" : form.usage()).toList()) + ", not "
                + (rest.isEmpty() ? "nothing" : String.join(" ", rest)));
    }

    /** Whether the arguments that are choices are of the words of this form. */
    private boolean fits(UsagePattern form) {
        for (int i = 0; i < rest.size(); i++) {
            List<String> choices = form.at(i).choices();
            if (!choices.isEmpty() && !choices.contains(rest.get(i))) {
                return false;
            }
        }
        return true;
    }

    private void checkTypes(UsagePattern form) throws MisuseException {
        for (int i = 0; i < rest.size(); i++) {
            ArgumentSpec argument = form.at(i);
            check(argument.name(), argument.type(), argument.choices(), rest.get(i));
        }
    }
}
