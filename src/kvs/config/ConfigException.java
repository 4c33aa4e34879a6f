package kvs.config;

import java.util.List;

/** The failure to read settings: every error, each with its place, the value found and the values allowed. */
public final class ConfigException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> errors;

    ConfigException(List<String> errors) {
        super(String.join("\n", errors), null, false, false);
        this.errors = List.copyOf(errors);
    }

    /** One text for each error. */
    public List<String> errors() {
        return errors;
    }
}
