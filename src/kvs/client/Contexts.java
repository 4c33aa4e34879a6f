package kvs.client;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.model.AsciiParsers;
import kvs.model.NameSuggestion;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/**
 * The saved contexts of a user, in {@code $XDG_CONFIG_HOME/kvs} (by default {@code ~/.config/kvs}): a file
 * {@code contexts/NAME.json} for each (0600), and {@code current} with the name of the one in use.
 * Thread-safe, and safe against other processes: each file changes in one step.
 */
public final class Contexts {

    private static final String ENDING = ".json";
    private static final int NAME_MAX = 64;

    private final Invocation invocation;
    private final String directory;

    /** The contexts of the user who runs the program. */
    public Contexts(Invocation invocation) {
        this.invocation = invocation;
        this.directory = root(invocation, "XDG_CONFIG_HOME", ".config");
    }

    /** The directory of this program below a base directory of the XDG specification. */
    static String root(Invocation invocation, String variable, String otherwise) {
        return invocation.variable(variable).filter(path -> path.startsWith("/"))
                .orElse(invocation.home() + "/" + otherwise) + "/kvs";
    }

    /** Checks a name that a person has chosen. */
    public static String checked(String name) throws MisuseException {
        if (!AsciiParsers.name(name, "._-", NAME_MAX) || name.startsWith(".")) {
            throw new MisuseException("the name of a context has letters, digits, '.', '_' and '-', not '"
                    + AsciiParsers.shown(name) + "'");
        }
        return name;
    }

    /** The names of all contexts, in order. */
    public List<String> names() throws IOException {
        Path all = Path.of(directory, "contexts");
        List<String> names = new ArrayList<>();
        if (PathCheck.isDirectory(all)) {
            for (String file : FileDisk.open(all).list()) {
                if (file.endsWith(ENDING)) {
                    names.add(file.substring(0, file.length() - ENDING.length()));
                }
            }
        }
        return names;
    }

    /** The name of the context in use; empty when there is none. */
    public Optional<String> current() throws IOException {
        return invocation.files().text(directory + "/current").map(String::strip)
                .filter(name -> !name.isEmpty());
    }

    /** The context of that name. */
    public ClientContext read(String name) throws MisuseException, IOException {
        String path = path(checked(name));
        Optional<String> text = invocation.files().secret(path);
        if (text.isEmpty()) {
            List<String> names = names();
            throw new MisuseException("there is no context '" + name + "'" + NameSuggestion.hint(name, names)
                    + (names.isEmpty() ? "; 'kvs login' writes one" : "; 'kvs context' lists them"));
        }
        return ClientContext.parse(path, text.get());
    }

    /** Writes a context and makes it the one in use. */
    public void write(String name, ClientContext context) throws MisuseException, IOException {
        invocation.files().replace(path(checked(name)), context.text());
        use(name);
    }

    /** Makes a context the one in use. */
    public void use(String name) throws MisuseException, IOException {
        read(name);
        invocation.files().replace(directory + "/current", name + "\n");
    }

    /** Removes a context, which must be there. */
    public void remove(String name) throws MisuseException, IOException {
        read(name);
        FileDisk.open(Path.of(directory, "contexts")).delete(name + ENDING);
        if (current().filter(name::equals).isPresent()) {
            FileDisk.open(Path.of(directory)).delete("current");
        }
    }

    private String path(String name) {
        return directory + "/contexts/" + name + ENDING;
    }
}
