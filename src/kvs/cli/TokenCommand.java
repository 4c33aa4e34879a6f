package kvs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import kvs.auth.Token;
import kvs.auth.TokenScope;
import kvs.auth.Tokens;
import kvs.auth.User;
import kvs.cli.access.ClusterTokens;
import kvs.client.LocalNodes;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Durations;
import kvs.node.Environment;
import kvs.tls.TlsContexts;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.PathCheck;

/**
 * The command {@code token}: creates a token on the machine that owns the data, for scripts and for
 * administrators who have lost theirs.
 */
final class TokenCommand implements LocalCommand {

    private static final String FIRST = "admin";
    private static final List<String> VERBS = List.of("add", "ls", "rm");

    private final Invocation invocation;
    private final PrintStream err;

    /**
     * The options of the command.
     *
     * @param user nickname or uuid; empty for the only administrator
     * @param scopes empty for read and write, and admin for an administrator
     * @param lifeMs lifetime of the token
     */
    private record TokenCommandOptions(Optional<String> user, Optional<Set<TokenScope>> scopes, long lifeMs) {

        /** Parses the options, {@code scopes} with commas between; impossible values are misuse. */
        static TokenCommandOptions of(Optional<String> user, Optional<String> scopes, Optional<String> life)
                throws MisuseException {
            Optional<Set<TokenScope>> wanted = scopes.isEmpty() ? Optional.empty()
                    : Optional.of(scopes(scopes.get()));
            return new TokenCommandOptions(user, wanted, life.isEmpty() ? Tokens.LIFE_MS : life(life.get()));
        }

        private static Set<TokenScope> scopes(String text) throws MisuseException {
            Set<TokenScope> scopes = EnumSet.noneOf(TokenScope.class);
            for (String name : text.split(",", -1)) {
                scopes.add(TokenScope.parse(name.strip())
                        .orElseThrow(() -> new MisuseException("--scopes must be read, write,"
                                + " create, delete and admin, separated by commas, not '" + name + "'")));
            }
            return scopes;
        }

        private static long life(String text) throws MisuseException {
            long ms;
            try {
                ms = Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new MisuseException("--ttl: " + FailureText.text(e));
            }
            if (ms < 1_000 || ms > Tokens.LIFE_MS_MAX) {
                throw new MisuseException("--ttl: the lifetime of a token must be 1s to "
                        + Durations.text(Tokens.LIFE_MS_MAX));
            }
            return ms;
        }
    }

    TokenCommand(Invocation invocation) {
        this.invocation = invocation;
        this.err = invocation.err();
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("token", "make, list and revoke tokens")
                .form(ArgumentSpec.choice("add|ls", List.of("add", "ls"), "make and print one for yourself or"
                        + " a user, or list the valid ones, of a running cluster"),
                        ArgumentSpec.of("USER", ValueType.TEXT, "the user, by name or id").optional())
                .form(ArgumentSpec.choice("rm", List.of("rm"), "revoke one"),
                        ArgumentSpec.of("ID", ValueType.TEXT, "its id, which add and ls print"))
                .form(ArgumentSpec.of("CONFIG", ValueType.FILE, "the settings of the node").optional())
                .option(OptionSpec.of("--user", ValueType.TEXT, "the user; default is the only"
                        + " administrator, who"
                        + " is created if there is none").shown("NICKNAME|UUID"))
                .option(OptionSpec.of("--scopes", ValueType.TEXT, "the scopes, of read write create delete"
                        + " admin")
                        .shown("read,write,admin"))
                .value("--ttl", ValueType.DURATION, "the lifetime; default 24h")
                .note("Without add, ls or rm it makes a token on the machine of the node, which may run or be"
                        + " stopped, for who can read its data directory. Only the token goes to the"
                        + " standard output.")
                .example("export KVS_TOKEN=$(kvs token)", "a token for the commands of this shell")
                .example("kvs token add john --scopes read --ttl 12h", "a token for john")
                .example("kvs token rm 0197f3c1-7d5e-7a41-8a1c-2b3c4d5e6f70", "it is void at once")
                .status(ExitStatus.ABSENT, "there is no such user or token")
                .usesCluster().build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        if (arguments.maybe(0).filter(VERBS::contains).isPresent()) {
            return new ClusterTokens(invocation, arguments).run();
        }
        var options = TokenCommandOptions.of(arguments.option("--user"), arguments.option("--scopes"),
                arguments.option("--ttl"));
        NodeEnvironments nodes = new NodeEnvironments(invocation);
        Settings settings = nodes.settings(arguments.maybe(0));
        Path data = NodeEnvironments.data(settings);
        Path directory = PathCheck.isDirectory(data) ? data
                : Path.of(new LocalNodes(invocation.files(), invocation.home()).only(data, err));
        Environment environment = nodes.environment(settings, nodes.log(settings, Logger.Level.WARN),
                FileDisk.open(directory), directory);
        try (AccountAdmin accounts = AccountAdmin.open(invocation, arguments, settings, environment)) {
            run(options, accounts);
        }
        return ExitStatus.DONE;
    }

    /** Prints only the token to the standard output. */
    private void run(TokenCommandOptions options, AccountAdmin accounts) throws IOException {
        User user = user(options.user, accounts);
        Set<TokenScope> scopes = options.scopes.orElseGet(() -> user.admin() ? EnumSet.of(TokenScope.READ,
                TokenScope.WRITE, TokenScope.ADMIN) : EnumSet.of(TokenScope.READ, TokenScope.WRITE));
        if (scopes.contains(TokenScope.ADMIN) && !user.admin()) {
            throw new IOException(user.nickname()
                    + " is not an administrator, so the scope admin would have no effect");
        }
        String token = accounts.createToken(user.id(), scopes, options.lifeMs);
        err.println("token of " + user.nickname() + " (" + user.id() + "), scopes "
                + String.join(",", Token.texts(scopes)) + ", valid for " + Durations.text(options.lifeMs));
        invocation.out().println(token);
    }

    private User user(Optional<String> wanted, AccountAdmin accounts) throws IOException {
        List<User> users = accounts.users();
        List<User> fitting = users.stream().filter(user -> wanted.map(text -> user.nickname().equals(text)
                || user.id().toString().equals(text)).orElse(user.admin())).toList();
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        if (!fitting.isEmpty()) {
            throw new IOException("several users match; choose one by --user UUID:\n" + fitting.stream().map(
                    user -> "  " + user.id() + "  " + user.nickname()).collect(Collectors.joining("\n")));
        }
        if (wanted.isEmpty()) {
            User created = accounts.create(FIRST);
            err.println("there was no administrator yet: created the administrator '" + FIRST + "'");
            return created;
        }
        throw new IOException("there is no user '" + wanted.get()
                + "'; an administrator can create one by POST /auth/users");
    }
}
