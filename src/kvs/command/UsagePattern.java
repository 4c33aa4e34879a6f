package kvs.command;

import java.util.List;

/**
 * One of the forms in which a command takes its arguments; at most the last one may be missing or repeated.
 */
public record UsagePattern(List<ArgumentSpec> arguments) {

    /** Checks that only the last arguments may be missing or repeated. */
    public UsagePattern {
        boolean open = false;
        for (ArgumentSpec argument : arguments) {
            if (open && argument.count() != ArgumentSpec.Count.OPTIONAL) {
                throw new AssertionError(argument.name() + " follows an argument that may be missing");
            }
            open = argument.count() != ArgumentSpec.Count.ONE;
        }
    }

    /** Whether so many arguments fit this form. */
    boolean takes(int count) {
        return count >= least() && count <= most();
    }

    private int least() {
        return (int) arguments.stream().filter(one -> one.count() != ArgumentSpec.Count.OPTIONAL).count();
    }

    private int most() {
        boolean many = arguments.stream().anyMatch(one -> one.count() == ArgumentSpec.Count.MANY);
        return many ? Integer.MAX_VALUE : arguments.size();
    }

    /** The argument at a place. */
    ArgumentSpec at(int place) {
        return arguments.get(Math.min(place, arguments.size() - 1));
    }

    /** The arguments in a usage line. */
    String usage() {
        return String.join(" ", arguments.stream().map(ArgumentSpec::usage).toList());
    }
}
