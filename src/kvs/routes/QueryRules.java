package kvs.routes;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import kvs.model.AsciiParsers;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * The query parameters that a route accepts. A route may have several forms, each chosen by one parameter
 * and with parameters of its own. Immutable.
 *
 * @param own those of the usual form
 * @param forms the other forms
 * @param shared those of every form, which many routes have
 * @param demanding whether a query without parameters is refused; known beforehand, because every request
 *     passes here
 */
public record QueryRules(List<Parameter<?>> own, List<Form> forms, List<Parameter<?>> shared,
        boolean demanding) {

    /** No parameters. */
    static final QueryRules NONE = of(List.of(), List.of(), List.of());

    /** Rules of these parameters. */
    static QueryRules of(List<Parameter<?>> own, List<Form> forms, List<Parameter<?>> shared) {
        boolean demanding = false;
        for (Parameter<?> parameter : own) {
            demanding |= parameter.required();
        }
        return new QueryRules(own, forms, shared, demanding);
    }

    /**
     * A form of a request.
     *
     * @param choice the parameter that chooses it
     * @param others those that it accepts beside
     */
    public record Form(Parameter<?> choice, List<Parameter<?>> others) { }

    /** All parameters of all forms, each once. */
    public List<Parameter<?>> all() {
        Set<Parameter<?>> all = new LinkedHashSet<>(own);
        for (Form form : forms) {
            all.add(form.choice);
            all.addAll(form.others);
        }
        all.addAll(shared);
        return List.copyOf(all);
    }

    /**
     * Checks a query: refuses unknown and bad parameters, and a missing one.
     *
     * @param names the names in it
     * @param value the text of a name, if it is there
     * @throws Refusal {@code BAD_REQUEST}
     */
    public void check(Set<String> names, Function<String, Optional<String>> value) {
        Optional<Form> form = forms.stream().filter(one -> chosen(one, value)).findFirst();
        List<Parameter<?>> accepted = new ArrayList<>();
        form.ifPresent(one -> accepted.add(one.choice));
        accepted.addAll(form.map(Form::others).orElse(own));
        for (Parameter<?> parameter : accepted) {
            if (parameter.required() && !names.contains(parameter.name())) {
                throw bad(parameter.advice());
            }
        }
        if (form.isEmpty()) {
            forms.forEach(one -> accepted.add(one.choice));
        }
        accepted.addAll(shared);
        for (String name : names) {
            accepted.stream().filter(one -> one.name().equals(name)).findFirst()
                    .orElseThrow(() -> unknown(name, form, accepted)).parse(value.apply(name).orElseThrow());
        }
    }

    /** Whether a query has the form; a flag may say that it has not. */
    private static boolean chosen(Form form, Function<String, Optional<String>> value) {
        return value.apply(form.choice.name())
                .filter(text -> !(form.choice.type() instanceof ParameterType.Flag) || !text.equals("false"))
                .isPresent();
    }

    private Refusal unknown(String name, Optional<Form> form, List<Parameter<?>> accepted) {
        boolean known = form.isPresent() && all().stream().anyMatch(one -> one.name().equals(name));
        String problem = known ? "the query parameter '" + name + "' does not go with '"
                + form.get().choice.name() + "'" : "unknown query parameter '" + AsciiParsers.shown(name)
                        + "'";
        return bad(problem + (accepted.isEmpty() ? ": none is accepted here"
                : "; accepted: " + String.join(", ", accepted.stream().map(Parameter::name).toList())));
    }

    private static Refusal bad(String detail) {
        return new Refusal(Reason.BAD_REQUEST, detail);
    }
}
