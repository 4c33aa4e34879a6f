package kvs.routes;

import java.util.List;
import java.util.Optional;

/**
 * A query parameter. Immutable.
 *
 * @param name its name
 * @param type its type
 * @param standard the text that holds when it is absent; empty: none
 * @param fallback the value of that text, read once
 * @param about its meaning, one line of Markdown for people
 * @param advice the detail of the refusal of a request without it; empty: it is optional
 * @param <T> the type of its value
 */
public record Parameter<T>(String name, ParameterType<T> type, String standard, Optional<T> fallback,
        String about, String advice) {

    private static final ParameterType.Flag FLAG = new ParameterType.Flag();
    private static final ParameterType.KeyText KEY = new ParameterType.KeyText();

    private static <T> Parameter<T> of(String name, ParameterType<T> type, String about) {
        return new Parameter<>(name, type, "", Optional.empty(), about, "");
    }

    /** A flag, false when absent. */
    public static Parameter<Boolean> flag(String name, String about) {
        return of(name, FLAG, about);
    }

    /** An integer from {@code least} to {@code most}. */
    public static Parameter<Long> integer(String name, long least, long most, String about) {
        return of(name, new ParameterType.Range(least, most), about);
    }

    /** An integer from 0 on. */
    public static Parameter<Long> number(String name, String about) {
        return integer(name, 0, ParameterType.Range.NUMBER_MAX, about);
    }

    /** A duration of at most {@code mostMs}, in ms. */
    public static Parameter<Long> duration(String name, long mostMs, String about) {
        return of(name, new ParameterType.Span(mostMs), about);
    }

    /** A key, or a part of one. */
    public static Parameter<String> key(String name, String about) {
        return of(name, KEY, about);
    }

    /** A text; {@code allowed} describes the accepted ones. */
    public static Parameter<String> text(String name, String allowed, String about) {
        return of(name, new ParameterType.Text(allowed), about);
    }

    /** One of some words. */
    public static Parameter<String> word(String name, List<String> words, String about) {
        return of(name, new ParameterType.Words(List.copyOf(words)), about);
    }

    /** A copy with a text that holds when the parameter is absent. */
    public Parameter<T> standard(String text) {
        return new Parameter<>(name, type, text, Optional.of(parse(text)), about, advice);
    }

    /** A copy that must be present; {@code detail} is the detail of the refusal. */
    public Parameter<T> required(String detail) {
        return new Parameter<>(name, type, standard, fallback, about, detail);
    }

    /** Whether a request must have it. */
    public boolean required() {
        return !advice.isEmpty();
    }

    /**
     * The value of a text.
     *
     * @throws kvs.model.Refusal {@code BAD_REQUEST} with the accepted values
     */
    public T parse(String text) {
        return type.parse(name, text);
    }
}
