package kvs.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import kvs.model.Durations;
import kvs.world.ByteOrderMark;

/**
 * All settings of a node, checked. Immutable.
 *
 * <p>Values come from the defaults, then the file, then the environment ({@code KVS_} and the key in
 * capitals); the last one wins.
 */
public final class Settings {

    private static final String PREFIX = "KVS_";
    private static final String SECRET = "cluster_secret";

    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> given = new TreeSet<>();
    private final Set<String> inFile = new TreeSet<>();
    private final ValueCheck judge;
    private final String file;

    /**
     * Reads settings.
     *
     * @param file name of the file, for messages
     * @param text its content, empty for none
     * @param environment all variables
     * @param machine name of this machine, the default of {@code node_id}
     * @throws ConfigException with every error
     */
    public static Settings read(String file, String text, Map<String, String> environment, String machine)
            throws ConfigException {
        return read(file, text, environment, machine, (key, value) -> Optional.empty());
    }

    /** Checks values that only the feature behind the setting understands; this package knows no feature. */
    @FunctionalInterface
    public interface ValueCheck {

        /** The error in a value that has the right form, if any. */
        Optional<String> problem(String key, String value);
    }

    /** The same with an additional check of single values. */
    public static Settings read(String file, String text, Map<String, String> environment, String machine,
            ValueCheck judge) throws ConfigException {
        List<String> errors = new ArrayList<>();
        Settings settings = new Settings(file, machine, judge);
        YamlParser.parse(ByteOrderMark.skipped(text), errors)
                .forEach((name, node) -> settings.fromFile(name, node, errors));
        errors.replaceAll(error -> file + ", " + error);
        environment.forEach((name, value) -> settings.fromEnvironment(name, value, errors));
        if (errors.isEmpty()) {
            errors.addAll(SettingRules.errors(settings));
        }
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
        settings.warnings.addAll(SettingRules.notices(settings));
        return settings;
    }

    /** The text of a file that lists every key with its default, commented out. */
    public static String template() {
        StringBuilder text = new StringBuilder("""
                # Settings of a KVS node. Each key has its default here; remove the '#' to change it.
                # Environment variables override this file: KVS_PORT=8081 overrides port.
                """);
        String group = "";
        for (SettingTable.Setting key : SettingTable.ALL) {
            if (!key.group().equals(group)) {
                group = key.group();
                text.append("\n# ").append(group).append('\n');
            }
            String line = "#" + key.name() + ": " + key.standard();
            text.append(line).append(" ".repeat(Math.max(1, 40 - line.length()))).append("# ")
                    .append(key.about()).append('\n');
        }
        return text.toString();
    }

    /** The names of all keys, in the order of the file. */
    public static List<String> keys() {
        return SettingTable.ALL.stream().map(SettingTable.Setting::name).toList();
    }

    private Settings(String file, String machine, ValueCheck judge) {
        this.file = file;
        this.judge = judge;
        for (SettingTable.Setting key : SettingTable.ALL) {
            values.put(key.name(), standard(key));
        }
        String name = machine.replaceAll("[^A-Za-z0-9._-]", "-");
        values.put("node_id",
                List.of(name.isEmpty() ? "node" : name.substring(0, Math.min(64, name.length()))));
    }

    private void fromFile(String name, YamlParser.Entry node, List<String> errors) {
        var key = SettingTable.find(name);
        if (key.isEmpty()) {
            errors.add("line " + node.line() + ": unknown key '" + name + "'; did you mean '"
                    + SettingTable.nearest(name) + "'?");
            return;
        }
        key.get().kind().problem(node).or(() -> judged(name, node.items())).ifPresentOrElse(
                problem -> errors.add("line " + node.line() + ": " + name + ": " + problem),
                () -> {
                    give(name, List.copyOf(node.items()));
                    if (!node.items().isEmpty()) {
                        inFile.add(name);
                    }
                });
    }

    private void fromEnvironment(String variable, String value, List<String> errors) {
        if (!variable.startsWith(PREFIX)) {
            return;
        }
        if (value.startsWith("tcp://") || variable.endsWith("_SERVICE_HOST")
                || variable.endsWith("_SERVICE_PORT") || variable.contains("_PORT_")
                || variable.contains("_SERVICE_PORT_")) {
            warnings.add("environment variable " + variable
                    + " ignored: it looks like a variable of Kubernetes");
            return;
        }
        String name = variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
        var key = SettingTable.find(name);
        if (key.isEmpty()) {
            errors.add("environment variable " + variable + ": unknown key; did you mean " + PREFIX
                    + SettingTable.nearest(name).toUpperCase(Locale.ROOT) + "?");
            return;
        }
        List<String> items = !key.get().kind().list() ? List.of(value.strip()) : value.isBlank() ? List.of()
                : List.of(value.split(",")).stream().map(String::strip).toList();
        key.get().kind().problem(items).or(() -> judged(name, items)).ifPresentOrElse(problem ->
                errors.add("environment variable " + variable + ": " + problem), () -> give(name, items));
    }

    private Optional<String> judged(String name, List<String> items) {
        return items.stream().map(item -> judge.problem(name, item)).flatMap(Optional::stream).findFirst();
    }

    private void give(String name, List<String> items) {
        values.put(name, items);
        given.add(name);
    }

    /** Whether a key was set explicitly, even to its default. */
    public boolean given(String key) {
        return given.contains(key);
    }

    /** The file, if it contains a value of the key, even one that the environment overrides. */
    public Optional<String> fileWith(String key) {
        return inFile.contains(key) ? Optional.of(file) : Optional.empty();
    }

    /**
     * The settings that differ from the defaults, in the order of the file; a secret is shown only as set.
     */
    public Map<String, String> changed() {
        Map<String, String> changed = new LinkedHashMap<>();
        for (SettingTable.Setting key : SettingTable.ALL) {
            List<String> items = values.get(key.name());
            if (given(key.name()) && !items.equals(standard(key))) {
                changed.put(key.name(), key.name().equals(SECRET) ? "(set)" : String.join(",", items));
            }
        }
        return changed;
    }

    private static List<String> standard(SettingTable.Setting key) {
        return YamlParser.parse(key.name() + ": " + key.standard(), new ArrayList<>())
                .get(key.name()).items();
    }

    /** Whether only this machine reaches the node. */
    public boolean loopback() {
        return SettingRules.loopback(text("bind_address"));
    }

    /** The warnings about these settings for an operator, one text each. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** A text; an unknown key is a bug. */
    public String text(String key) {
        return values.get(key).get(0);
    }

    /** A boolean. */
    public boolean flag(String key) {
        return Boolean.parseBoolean(text(key));
    }

    /** A whole number. */
    public long number(String key) {
        return Long.parseLong(text(key));
    }

    /** A duration in ms. */
    public long durationMs(String key) {
        return Durations.parse(text(key));
    }

    /** A size in bytes. */
    public long bytes(String key) {
        return SettingType.size(text(key)).orElseThrow();
    }

    /** A list. */
    public List<String> list(String key) {
        return values.get(key);
    }
}
