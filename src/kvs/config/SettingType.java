package kvs.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.model.AsciiParsers;
import kvs.model.Durations;
import kvs.model.HostPort;
import kvs.model.IpLiteral;

/**
 * The type of a setting: its notation and its allowed values. A pure function from a text to an error or
 * none.
 *
 * @param allowed allowed values, in words for people
 * @param form one value, or a list whose elements are checked one by one
 * @param text true if quotes make no difference; otherwise a quoted value is refused
 * @param check check of one value
 */
record SettingType(String allowed, Arity form, boolean text, ValueCheck check) {

    /** The number of values. */
    enum Arity {
        /** One value. */
        ONE,
        /** A list. */
        LIST,
        /** One secret or a list of secrets: an error does not show them. */
        SECRETS
    }

    /** Checks one value of a setting. */
    @FunctionalInterface
    interface ValueCheck {
        boolean accepts(String text);
    }

    private static final int SECRETS_MAX = 4;
    private static final List<String> BOOLEANS = List.of("true", "false");
    private static final String NAME = "[A-Za-z0-9._-]{1,64}";
    private static final String HOST = "[A-Za-z0-9._-]{1,253}|\\[?[0-9A-Fa-f:.]{2,45}\\]?";

    static SettingType bool() {
        return new SettingType("true or false", Arity.ONE, false, BOOLEANS::contains);
    }

    static SettingType integer(long least, long most) {
        return new SettingType("a whole number from " + least + " to " + most, Arity.ONE, false,
                text -> text.matches("0|-?[1-9][0-9]{0,17}") && Long.parseLong(text) >= least
                        && Long.parseLong(text) <= most);
    }

    static SettingType oneOf(String... values) {
        return new SettingType("one of " + String.join(", ", values), Arity.ONE, true,
                List.of(values)::contains);
    }

    static SettingType duration() {
        return new SettingType("a duration such as \"90s\", \"15m\", \"1h30m\", or \"0\" for none", Arity.ONE,
                true, text -> {
            try {
                return Durations.parse(text) >= 0;
            } catch (IllegalArgumentException e) {
                return false;
            }
        });
    }

    static SettingType bytes(long least, long most) {
        return new SettingType("a size such as 128MiB, from " + least + " to " + most + " bytes", Arity.ONE,
                true, text -> size(text).stream().anyMatch(size -> size >= least && size <= most));
    }

    /** Bytes of {@code 4096}, {@code 64KiB}, {@code 128MiB}, {@code 1GiB}. */
    static OptionalLong size(String text) {
        int shift = text.endsWith("KiB") ? 10 : text.endsWith("MiB") ? 20 : text.endsWith("GiB") ? 30 : 0;
        String digits = shift == 0 ? text : text.substring(0, text.length() - 3);
        return digits.matches("0|[1-9][0-9]{0,9}") ? OptionalLong.of(Long.parseLong(digits) << shift)
                : OptionalLong.empty();
    }

    static SettingType name() {
        return new SettingType("1 to 64 letters, digits, '.', '_' and '-'", Arity.ONE, true,
                text -> text.matches(NAME));
    }

    static SettingType optionalName() {
        return new SettingType("1 to 64 letters, digits, '.', '_' and '-', or nothing", Arity.ONE, true,
                text -> text.matches("|" + NAME));
    }

    static SettingType path() {
        return new SettingType("a path", Arity.ONE, true, text -> !text.isBlank() && text.indexOf(0) < 0);
    }

    static SettingType address() {
        return new SettingType("an IP address or a host name", Arity.ONE, true, text -> text.matches(HOST));
    }

    static SettingType optionalHostPort() {
        return new SettingType("host:port, or nothing", Arity.ONE, true,
                text -> text.isEmpty() || HostPort.parse(text).isPresent());
    }

    static SettingType hostPorts() {
        return new SettingType("a list of \"host:port\"", Arity.LIST, true,
                text -> HostPort.parse(text).isPresent());
    }

    static SettingType hosts() {
        return new SettingType("a list of host names", Arity.LIST, true, text -> text.matches(HOST));
    }

    static SettingType origins() {
        return new SettingType("a list of origins such as \"https://app.example\", never \"*\"", Arity.LIST,
                true, text -> text.matches("https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?"));
    }

    static SettingType secrets() {
        return new SettingType("a secret of 32 characters or more, or a list of at most " + SECRETS_MAX
                + ": the first signs, all verify", Arity.SECRETS,
                true, text -> text.length() >= 32 && text.length() <= 1_024 && text.strip().equals(text));
    }

    static SettingType permissions() {
        return new SettingType("permissions such as \"cdwr,c-wr,c--r\": owner, group, others, each create,"
                + " delete, write, read or '-'", Arity.ONE, true,
                text -> text.matches("[c-][d-][w-][r-](,[c-][d-][w-][r-]){2}"));
    }

    static SettingType networks() {
        return new SettingType("a list of IP addresses or networks such as \"10.0.0.0/8\"", Arity.LIST, true,
                SettingType::network);
    }

    static SettingType optionalPath() {
        return new SettingType("a path, or nothing", Arity.ONE, true,
                text -> text.isEmpty() || path().check.accepts(text));
    }

    static SettingType cron() {
        return new SettingType("five fields of cron such as \"0 0 * * *\", or @daily", Arity.ONE, true,
                text -> text.strip().matches("@[A-Za-z]+|([0-9A-Za-z*/,-]+ +){4}[0-9A-Za-z*/,-]+"));
    }

    /** The error in a value of a file, if any. */
    Optional<String> problem(YamlParser.Entry node) {
        if (node.list() != list() && form != Arity.SECRETS) {
            return Optional.of("found " + (node.list() ? "a list" : "'" + node.items().get(0) + "'")
                    + ", allowed is " + allowed);
        }
        if (node.quoted() && !text) {
            return Optional.of("found a quoted text, allowed is " + allowed + " without quotes");
        }
        return problem(node.items());
    }

    /** The error in values, if any. */
    Optional<String> problem(List<String> items) {
        if (form == Arity.SECRETS && items.size() > SECRETS_MAX) {
            return Optional.of("found " + items.size() + " values, allowed is " + allowed);
        }
        return items.stream().filter(item -> !check.accepts(item)).findFirst()
                .map(item -> form == Arity.SECRETS
                        ? "found a text of " + item.length() + " characters, allowed is " + allowed
                        : "found '" + (item.length() > 60 ? item.substring(0, 60) + "…" : item)
                                + "', allowed is " + allowed);
    }

    /** Whether a value from the environment is split at its commas. */
    boolean list() {
        return form != Arity.ONE;
    }

    private static boolean network(String text) {
        int slash = text.indexOf('/');
        return IpLiteral.parse(slash < 0 ? text : text.substring(0, slash)).isPresent()
                && (slash < 0 || AsciiParsers.number(text.substring(slash + 1), 3).isPresent());
    }
}
