package kvs.command;

import java.util.List;

/**
 * One of the forms in which a command takes its arguments. Only the last ones may be missing, and at most one
 * may be repeated.
 */
public record UsagePattern(List<ArgumentSpec> arguments) {

    /** Checks that only the last arguments may be missing, and that one at most is repeated. */
    public UsagePattern {
        boolean open = false;
        boolean repeated = false;
        for (ArgumentSpec argument : arguments) {
            boolean many = argument.count() == ArgumentSpec.Count.MANY;
            if (open && argument.count() != ArgumentSpec.Count.OPTIONAL || repeated && many) {
                throw new AssertionError(argument.name() + " follows an argument that may be missing, or"
                        + " repeated like it");
            }
            open = argument.count() == ArgumentSpec.Count.OPTIONAL;
            repeated |= many;
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

    /** The argument at a place; from the one that may be repeated on always that one. */
    ArgumentSpec at(int place) {
        int last = arguments.size() - 1;
        for (int i = 0; i < last; i++) {
            last = arguments.get(i).count() == ArgumentSpec.Count.MANY ? i : last;
        }
        return arguments.get(Math.min(place, last));
    }

    /** The arguments in a usage line. */
    String usage() {
        return String.join(" ", arguments.stream().map(ArgumentSpec::usage).toList());
    }
}
