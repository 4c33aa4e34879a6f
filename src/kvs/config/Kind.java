package kvs.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.model.Durations;

/**
 * What a setting may be: how it is written, and what is allowed. A pure function from text to an error or none.
 *
 * @param allowed for people: what is allowed
 * @param list whether it is a list, whose elements are checked one by one
 * @param text whether quotes make no difference; otherwise a quoted value is refused
 * @param check says whether a value is allowed
 */
record Kind(String allowed, boolean list, boolean text, Check check) {

    /** Whether a text is a value of this kind. */
    @FunctionalInterface
    interface Check {
        boolean accepts(String text);
    }

    private static final List<String> BOOLEANS = List.of("true", "false");
    private static final String NAME = "[A-Za-z0-9._-]{1,64}";
    private static final String HOST = "[A-Za-z0-9._-]{1,253}|\\[?[0-9A-Fa-f:.]{2,45}\\]?";

    static Kind bool() {
        return new Kind("true or false", false, false, BOOLEANS::contains);
    }

    static Kind integer(long least, long most) {
        return new Kind("a whole number from " + least + " to " + most, false, false,
                text -> text.matches("0|-?[1-9][0-9]{0,17}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most);
    }

    static Kind oneOf(String... values) {
        return new Kind("one of " + String.join(", ", values), false, true, List.of(values)::contains);
    }

    static Kind duration() {
        return new Kind("a duration such as \"90s\", \"15m\", \"1h30m\", or \"0\" for none", false, true, text -> {
            try {
                return Durations.parse(text) >= 0;
            } catch (IllegalArgumentException e) {
                return false;
            }
        });
    }

    static Kind bytes(long least, long most) {
        return new Kind("a size such as 128MiB, from " + least + " to " + most + " bytes", false, true,
                text -> size(text).stream().anyMatch(size -> size >= least && size <= most));
    }

    /** Bytes of {@code 4096}, {@code 64KiB}, {@code 128MiB}, {@code 1GiB}. */
    static OptionalLong size(String text) {
        int shift = text.endsWith("KiB") ? 10 : text.endsWith("MiB") ? 20 : text.endsWith("GiB") ? 30 : 0;
        String digits = shift == 0 ? text : text.substring(0, text.length() - 3);
        return digits.matches("[1-9][0-9]{0,9}") ? OptionalLong.of(Long.parseLong(digits) << shift) : OptionalLong.empty();
    }

    static Kind name() {
        return new Kind("1 to 64 letters, digits, '.', '_' and '-'", false, true, text -> text.matches(NAME));
    }

    static Kind optionalName() {
        return new Kind("1 to 64 letters, digits, '.', '_' and '-', or nothing", false, true, text -> text.matches("|" + NAME));
    }

    static Kind path() {
        return new Kind("a path", false, true, text -> !text.isBlank() && text.indexOf(0) < 0);
    }

    static Kind address() {
        return new Kind("an IP address or a host name", false, true, text -> text.matches(HOST));
    }

    static Kind optionalHostPort() {
        return new Kind("host:port, or nothing", false, true, text -> text.isEmpty() || hostPort(text));
    }

    static Kind hostPorts() {
        return new Kind("a list of \"host:port\"", true, true, Kind::hostPort);
    }

    static Kind hosts() {
        return new Kind("a list of host names", true, true, text -> text.matches(HOST));
    }

    static Kind origins() {
        return new Kind("a list of origins such as \"https://app.example\", never \"*\"", true, true,
                text -> text.matches("https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?"));
    }

    static Kind cron() {
        return new Kind("five fields of cron such as \"0 0 * * *\"", false, true, text -> text.strip().matches("([0-9*/,-]+ +){4}[0-9*/,-]+"));
    }

    /** What is wrong with a value of a file, if anything. */
    Optional<String> problem(Yaml.Node node) {
        if (node.list() != list) {
            return Optional.of("found " + (node.list() ? "a list" : "'" + node.items().get(0) + "'") + ", allowed is " + allowed);
        }
        if (node.quoted() && !text) {
            return Optional.of("found a text in quotes, allowed is " + allowed + " without quotes");
        }
        return problem(node.items());
    }

    /** What is wrong with values, if anything. */
    Optional<String> problem(List<String> items) {
        return items.stream().filter(item -> !check.accepts(item)).findFirst()
                .map(item -> "found '" + (item.length() > 60 ? item.substring(0, 60) + "…" : item) + "', allowed is " + allowed);
    }

    private static boolean hostPort(String text) {
        int colon = text.lastIndexOf(':');
        return colon > 0 && text.substring(0, colon).matches(HOST) && text.substring(colon + 1).matches("[1-9][0-9]{0,4}")
                && Integer.parseInt(text.substring(colon + 1)) <= 65_535;
    }
}
