package kvs.cli.programs;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.world.FailureText;

/**
 * The environment variables that documents become:
 * <pre>
 *   db        {"host":"h","port":5432}   DB_HOST=h  DB_PORT=5432
 *   web/name  "shop"                     WEB_NAME=shop
 *   tags      ["a","b"]                  TAGS=["a","b"]
 *   off       null                       OFF=
 * </pre>
 * A name is the key below the prefix, and the members of objects, in capitals; every other character than A
 * to Z, 0 to 9 becomes an underscore, and a digit at the begin gets one before it. Two values of one name are
 * refused, and so is what is too long for a program to start with. Pure.
 */
final class EnvironmentNames {

    private static final int MEMBERS_MAX = 10_000;
    /** Bytes of {@code NAME=value} that Linux gives to a program: 32 pages, less the NUL behind it. */
    private static final int VARIABLE_BYTES_MAX = (128 << 10) - 1;
    /** Bytes of all variables, half of what Linux gives to them, the inherited ones and the arguments. */
    private static final int BYTES_MAX = 1 << 20;
    /** The NUL behind a variable, and the pointer to it. */
    private static final int BESIDE_BYTES = 9;

    private final String first;
    private final Map<String, String> variables = new TreeMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private long bytes;

    private EnvironmentNames(String first) {
        this.first = first;
    }

    /**
     * The variables of documents by their keys.
     *
     * @param first the text before each name
     * @throws CommandException if two values have one name, if a value cannot be one of a variable, or if
     *     no program could be started with so much
     */
    static Map<String, String> of(Map<String, JsonValue> documents, String first) throws CommandException {
        EnvironmentNames names = new EnvironmentNames(first);
        for (Map.Entry<String, JsonValue> document : documents.entrySet()) {
            try {
                names.add(document.getKey(), document.getKey(), document.getValue());
            } catch (JsonException e) {
                throw refused(document.getKey() + " cannot be read: " + FailureText.text(e));
            }
        }
        return names.variables;
    }

    private void add(String name, String source, JsonValue value) throws JsonException, CommandException {
        if (value.kind() == JsonValue.Kind.OBJECT) {
            for (JsonValue.Field field : value.fields(MEMBERS_MAX, JsonValue.STRING_MAX)) {
                add(name + "_" + field.name(), source + " ." + field.name(), field.value());
            }
            return;
        }
        String text = value.kind() == JsonValue.Kind.NULL ? "" : Template.shown(value);
        String variable = variable(first + name);
        if (text.indexOf('\0') >= 0) {
            throw refused(source + " has a NUL character, which no variable can have");
        }
        if (variables.put(variable, text) != null) {
            throw refused(sources.get(variable) + " and " + source + " would both be " + variable
                    + ". Rename one of them");
        }
        sources.put(variable, source);
        count(variable, source, text);
    }

    private void count(String variable, String source, String text) throws CommandException {
        int length = variable.length() + 1 + text.getBytes(StandardCharsets.UTF_8).length;
        if (length > VARIABLE_BYTES_MAX) {
            throw refused(source + " makes a variable of " + length + " bytes, and no program starts with one"
                    + " over " + VARIABLE_BYTES_MAX + ". Give it as a file with 'kvs mirror'");
        }
        bytes += length + BESIDE_BYTES;
        if (bytes > BYTES_MAX) {
            throw refused("all variables together would be over " + BYTES_MAX + " bytes, so that the program"
                    + " might not start. Name a longer prefix, or give large documents as files with"
                    + " 'kvs mirror'");
        }
    }

    private static CommandException refused(String why) {
        return new CommandException(ExitStatus.FAILED, "no environment was made: " + why);
    }

    private static String variable(String name) {
        StringBuilder variable = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            char capital = c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
            boolean plain = capital >= 'A' && capital <= 'Z' || c >= '0' && c <= '9';
            if (i == 0 && c >= '0' && c <= '9') {
                variable.append('_');
            }
            variable.append(plain ? capital : '_');
        }
        return variable.toString();
    }
}
