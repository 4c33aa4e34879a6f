package kvs.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The arguments of a command: options, which begin with two dashes, and the rest.
 *
 * @param options names with their values in order, no values for flags
 * @param rest all other arguments in their order
 */
public record Arguments(Map<String, List<String>> options, List<String> rest) {

    private static final String DASHES = "--";

    /** The report of arguments that the command does not take; its message names them. */
    public static final class MisuseException extends Exception {

        private static final long serialVersionUID = 1L;

        public MisuseException(String message) {
            super(message);
        }
    }

    /** Parses the arguments of a command without repeatable options. */
    public static Arguments parse(List<String> args, Set<String> valued, Set<String> flags)
            throws MisuseException {
        return parse(args, valued, flags, Set.of());
    }

    /**
     * Parses arguments. A dash alone is no option.
     *
     * @param valued options with a value
     * @param flags options without a value
     * @param repeated the options of {@code valued} that may be given several times
     */
    public static Arguments parse(List<String> args, Set<String> valued, Set<String> flags,
            Set<String> repeated) throws MisuseException {
        Map<String, List<String>> options = new LinkedHashMap<>();
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (flags.contains(arg)) {
                options.put(arg, List.of());
            } else if (valued.contains(arg)) {
                if (i + 1 == args.size() || args.get(i + 1).startsWith(DASHES)) {
                    throw new MisuseException(arg + " needs a value");
                }
                List<String> values = options.computeIfAbsent(arg, name -> new ArrayList<>());
                values.add(args.get(++i));
                if (values.size() > 1 && !repeated.contains(arg)) {
                    throw new MisuseException(arg + " is repeated");
                }
            } else if (arg.startsWith("-") && arg.length() > 1) {
                throw new MisuseException("unknown option " + arg);
            } else {
                rest.add(arg);
            }
        }
        return new Arguments(options, rest);
    }

    /** The value of an option. */
    public Optional<String> option(String name) {
        return all(name).stream().findFirst();
    }

    /** All values of an option, in their order. */
    public List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }

    /** Whether a flag is given. */
    public boolean has(String flag) {
        return options.containsKey(flag);
    }

    /** The only argument of the rest; empty when there is none. */
    public Optional<String> one(String what) throws MisuseException {
        if (rest.size() > 1) {
            throw new MisuseException("expected one " + what + ", not " + String.join(" ", rest));
        }
        return rest.stream().findFirst();
    }
}
