package kvs.cli.programs;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import kvs.cli.keys.KeyPath;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.ValueType;
import kvs.model.AsciiParsers;
import kvs.world.ChildProcess;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.Threads;

/** The command {@code env}: runs a program with documents as environment variables. */
public final class EnvCommand implements Command {

    private static final String RESTART = "--restart";
    private static final String GRACE = "--grace";
    private static final String NAMES = "--names";
    private static final long GRACE_MS = 10_000;

    private final Invocation invocation;
    private final Threads threads = new Threads(Logger.none());
    private int childStatus = -1;

    /** The command, for one run of the program. */
    public EnvCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("env", "run a program with documents as environment variables")
                .form(ArgumentSpec.of("PREFIX/", ValueType.PREFIX, "the documents, as in app/"),
                        ArgumentSpec.of("CMD", ValueType.TEXT, "the program and its arguments; '--' before"
                                + " it if one of them begins with a dash").many())
                .flag(RESTART, "stop the program by SIGTERM and start it again when a variable changes")
                .option(OptionSpec.of(GRACE, ValueType.DURATION, "the time to end in, before SIGKILL;"
                        + " default 10s"))
                .option(OptionSpec.of(NAMES, ValueType.TEXT, "a text before each name").shown("APP_"))
                .note("The document app/db {\"host\":\"h\",\"tags\":[1]} becomes DB_HOST=h and DB_TAGS=[1]:"
                        + " the key below the prefix and the members of objects, in capitals; other"
                        + " characters than letters and digits become underscores. Two values of one name"
                        + " are refused. A variable of this name that is there already is replaced.")
                .note("Whoever may write below the prefix decides over the environment of the program, PATH"
                        + " and LD_PRELOAD too: use --names where that is somebody else.")
                .note("The exit status is that of the program.")
                .example("kvs env app/ -- ./server --port 80", "./server with the documents below app/")
                .example("kvs env app/ --restart -- ./server", "the same, started again after each change")
                .status(ExitStatus.ABSENT, "nothing is below the prefix; the program was not started")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath prefix = KeyPath.prefix(arguments.at(0));
        List<String> command = arguments.rest().subList(1, arguments.rest().size());
        String names = names(arguments);
        RestartingChild child = new RestartingChild(variables -> ChildProcess.start(command, variables),
                arguments.durationMs(GRACE).orElse(GRACE_MS));
        ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
        boolean follows = arguments.has(RESTART);
        boolean started = false;
        try {
            DocumentFeed feed = new DocumentFeed(client, prefix, "no environment was made");
            EnvironmentReader environment = new EnvironmentReader(feed::next, prefix.text(), names);
            Map<String, String> variables = environment.read(0);
            if (environment.isEmpty()) {
                throw new CommandException(ExitStatus.ABSENT, "nothing is below " + prefix + ", so "
                        + command.get(0) + " was not started");
            }
            invocation.atExit().accept(child::close);
            start(child, command, variables);
            if (follows) {
                RestartLoop loop = new RestartLoop(environment::read, child, variables,
                        new Person(arguments.has(GlobalOptions.QUIET)));
                threads.thread("kvs-env", true, () -> follow(loop, client)).start();
            }
            started = true;
        } finally {
            if (!follows || !started) {
                client.close();
            }
        }
        childStatus = child.await();
        return childStatus == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    @Override
    public int code(ExitStatus status) {
        return childStatus < 0 ? status.code() : childStatus;
    }

    private static String names(Arguments arguments) throws MisuseException {
        String names = arguments.option(NAMES).orElse("");
        for (int i = 0; i < names.length(); i++) {
            char c = names.charAt(i);
            boolean plain = c >= 'A' && c <= 'Z' || c == '_' || i > 0 && c >= '0' && c <= '9';
            if (!plain) {
                throw new MisuseException(NAMES + ": '" + AsciiParsers.shown(names)
                        + "' is not the begin of a name: write capitals, digits and underscores");
            }
        }
        return names;
    }

    private static void start(RestartingChild child, List<String> command, Map<String, String> variables)
            throws CommandException {
        try {
            child.start(variables);
        } catch (IOException e) {
            throw new CommandException(ExitStatus.FAILED, "'" + command.get(0) + "' was not started: "
                    + FailureText.text(e), e);
        }
    }

    /** Restarts the program whenever its variables change, until it ends by itself. */
    private void follow(RestartLoop loop, ClusterClient client) {
        try (client) {
            loop.run();
        }
    }

    /** The person, and time. */
    private final class Person implements RestartLoop.Surroundings {

        private final boolean quiet;

        Person(boolean quiet) {
            this.quiet = quiet;
        }

        @Override
        public void progress(String text) {
            if (!quiet) {
                fault(text);
            }
        }

        @Override
        public void fault(String text) {
            invocation.err().println("kvs: " + text);
        }

        @Override
        public void pause(long ms) {
            threads.pause(ms);
        }
    }
}
