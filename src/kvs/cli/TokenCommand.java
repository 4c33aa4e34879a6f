package kvs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import kvs.auth.Token;
import kvs.auth.TokenScope;
import kvs.auth.Tokens;
import kvs.auth.User;
import kvs.model.Durations;
import kvs.world.FailureText;

/**
 * The command {@code token}: creates a token on the machine that owns the data, for scripts and for
 * administrators who have lost theirs.
 */
public final class TokenCommand {

    private static final String FIRST = "admin";

    private final PrintStream out;
    private final PrintStream err;

    /**
     * The options of the command.
     *
     * @param user nickname or uuid; empty for the only administrator
     * @param scopes empty for read and write, and admin for an administrator
     * @param lifeMs lifetime of the token
     */
    public record TokenCommandOptions(Optional<String> user, Optional<Set<TokenScope>> scopes, long lifeMs) {

        /** Parses the options, {@code scopes} with commas between; impossible values are misuse. */
        public static TokenCommandOptions of(Optional<String> user, Optional<String> scopes, Optional<String> life) throws Arguments.MisuseException {
            Optional<Set<TokenScope>> wanted = scopes.isEmpty() ? Optional.empty() : Optional.of(scopes(scopes.get()));
            return new TokenCommandOptions(user, wanted, life.isEmpty() ? Tokens.LIFE_MS : life(life.get()));
        }

        private static Set<TokenScope> scopes(String text) throws Arguments.MisuseException {
            Set<TokenScope> scopes = EnumSet.noneOf(TokenScope.class);
            for (String name : text.split(",", -1)) {
                scopes.add(TokenScope.parse(name.strip()).orElseThrow(() -> new Arguments.MisuseException(
                        "--scopes are read, write, create, delete and admin, with commas between, not '" + name + "'")));
            }
            return scopes;
        }

        private static long life(String text) throws Arguments.MisuseException {
            long ms;
            try {
                ms = Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new Arguments.MisuseException("--ttl: " + FailureText.text(e));
            }
            if (ms < 1_000 || ms > Tokens.LIFE_MS_MAX) {
                throw new Arguments.MisuseException("--ttl: a token lives from 1s to " + Durations.text(Tokens.LIFE_MS_MAX));
            }
            return ms;
        }
    }

    /** A command that prints only the token to {@code out}. */
    public TokenCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Creates the token. */
    public void run(TokenCommandOptions wish, AccountAdmin desk) throws IOException {
        User user = user(wish.user, desk);
        Set<TokenScope> scopes = wish.scopes.orElseGet(() -> user.admin() ? EnumSet.of(TokenScope.READ, TokenScope.WRITE, TokenScope.ADMIN)
                : EnumSet.of(TokenScope.READ, TokenScope.WRITE));
        if (scopes.contains(TokenScope.ADMIN) && !user.admin()) {
            throw new IOException(user.nickname() + " is no administrator, so the scope admin would give nothing");
        }
        String token = desk.mint(user.id(), scopes, wish.lifeMs);
        err.println("token of " + user.nickname() + " (" + user.id() + "), scopes " + String.join(",", Token.texts(scopes)) + ", good for "
                + Durations.text(wish.lifeMs));
        out.println(token);
    }

    private User user(Optional<String> wanted, AccountAdmin desk) throws IOException {
        List<User> users = desk.users();
        List<User> fitting = users.stream().filter(user -> wanted.map(text -> user.nickname().equals(text) || user.id().toString().equals(text))
                .orElse(user.admin())).toList();
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        if (!fitting.isEmpty()) {
            throw new IOException("several users fit, say which by --user UUID:\n" + fitting.stream().map(user -> "  " + user.id() + "  "
                    + user.nickname()).collect(Collectors.joining("\n")));
        }
        if (wanted.isEmpty()) {
            User made = desk.create(FIRST);
            err.println("there was no administrator yet: made the user '" + FIRST + "' one");
            return made;
        }
        throw new IOException("there is no user '" + wanted.get() + "'; an administrator makes one by POST /auth/users");
    }
}
