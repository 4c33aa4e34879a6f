package kvs.cli.keys;

import kvs.command.MisuseException;
import kvs.http.PercentEncoding;
import kvs.model.Key;
import kvs.model.Refusal;

/**
 * A key, or with a slash at its end a prefix, as people type it: a slash at its start counts as nothing.
 * Immutable.
 *
 * @param text the key, or the prefix with its slash; empty for the root
 */
public record KeyPath(String text) {

    /** A key. */
    public static KeyPath key(String typed) throws MisuseException {
        String text = bare(typed);
        if (text.isEmpty() || text.endsWith("/")) {
            throw new MisuseException("'" + typed + "' is a prefix: name a key, without a slash at its end");
        }
        return checked(text);
    }

    /** A prefix, with or without the slash at its end. */
    public static KeyPath prefix(String typed) throws MisuseException {
        String text = bare(typed);
        if (text.isEmpty()) {
            return new KeyPath("");
        }
        KeyPath key = checked(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        return new KeyPath(key.text + "/");
    }

    private static String bare(String typed) {
        return typed.startsWith("/") ? typed.substring(1) : typed;
    }

    private static KeyPath checked(String text) throws MisuseException {
        try {
            return new KeyPath(Key.of(text).text());
        } catch (Refusal refusal) {
            throw new MisuseException("'" + text + "' is not a key: " + refusal.detail());
        }
    }

    /** The prefix of the level that a key is in. */
    KeyPath parent() {
        return new KeyPath(text.substring(0, text.lastIndexOf('/') + 1));
    }

    /** The target of a request for it. */
    String target() {
        return "/kv/" + PercentEncoding.encode(text);
    }

    @Override
    public String toString() {
        return text.isEmpty() ? "/" : text;
    }
}
