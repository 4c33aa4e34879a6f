package kvs.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.model.Durations;

/**
 * The arguments of a command, checked against its description.
 *
 * @param spec the description
 * @param options names with their values in order, no values for flags
 * @param rest all other arguments in their order
 */
public record Arguments(CommandSpec spec, Map<String, List<String>> options, List<String> rest) {

    /** The value of an option. */
    public Optional<String> option(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    /** All values of an option, in their order. */
    public List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }

    /** Whether a flag is given. */
    public boolean has(String flag) {
        return options.containsKey(flag);
    }

    /** The value of an option of type {@link ValueType#NUMBER}. */
    public OptionalLong number(String name) {
        Optional<String> text = option(name);
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.get()));
    }

    /** The value of an option of type {@link ValueType#DURATION}, ms. */
    public OptionalLong durationMs(String name) {
        Optional<String> text = option(name);
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Durations.parse(text.get()));
    }

    /** The argument at a place that the forms of the command require. */
    public String at(int place) {
        return rest.get(place);
    }

    /** The argument at a place; empty when there are fewer. */
    public Optional<String> maybe(int place) {
        return place < rest.size() ? Optional.of(rest.get(place)) : Optional.empty();
    }
}
