package kvs.command;

import java.util.ArrayList;
import java.util.List;

/** The options that many commands take. They may also stand before the name of the command. */
public final class GlobalOptions {

    /** The option that names nodes. */
    public static final String ENDPOINT = "--endpoint";
    /** The option that names a saved context. */
    public static final String CONTEXT = "--context";
    /** The option that names a file with a token. */
    public static final String TOKEN_FILE = "--token-file";
    /** The option that names a file with trusted certificates. */
    public static final String CA = "--ca";
    /** The option that bounds the time of a command. */
    public static final String TIMEOUT = "--timeout";
    /** The option that does not wait for this user's own earlier writes. */
    public static final String STALE = "--stale";
    /** The option that selects the form of the output. */
    public static final String OUTPUT = "--output";
    /** The option that shows requests as curl lines. */
    public static final String VERBOSE = "--verbose";
    /** The option that leaves out everything but results and errors. */
    public static final String QUIET = "--quiet";
    /** The option that prints help. */
    public static final String HELP = "--help";

    /** The options of commands that ask a running node. */
    public static final List<OptionSpec> CLIENT = List.of(
            OptionSpec.of(ENDPOINT, ValueType.URL, "the nodes, separated by commas; the next one is used"
                    + " when one fails; also KVS_ENDPOINT").shown("URL,..."),
            OptionSpec.of(CONTEXT, ValueType.CONTEXT, "the saved context, of 'kvs login'").shown("NAME"),
            OptionSpec.of(TOKEN_FILE, ValueType.FILE, "a file that holds the token; also KVS_TOKEN"),
            OptionSpec.of(CA, ValueType.FILE, "the certificates to trust, PEM"),
            OptionSpec.of(TIMEOUT, ValueType.DURATION, "give up after this time; default 10s"),
            OptionSpec.flag(STALE, "do not wait until the node has your own last writes"),
            OptionSpec.choice(OUTPUT, List.of("table", "json", "ndjson", "raw"), "the form of results")
                    .letter('o'),
            OptionSpec.flag(VERBOSE, "show each request as the curl line that does the same").letter('v'));

    /** The options of every command. */
    public static final List<OptionSpec> EVERY = List.of(
            OptionSpec.flag(QUIET, "print results and errors only").letter('q'),
            OptionSpec.flag(HELP, "show the help of the command").letter('h'));

    private GlobalOptions() { }

    /** Arguments with the options before the name of the command moved behind it. */
    public static List<String> moved(List<String> args) {
        List<String> before = new ArrayList<>();
        int at = 0;
        while (at < args.size()) {
            int length = length(args, at);
            if (length == 0) {
                break;
            }
            before.addAll(args.subList(at, at + length));
            at += length;
        }
        if (before.isEmpty() || at >= args.size()) {
            return args;
        }
        List<String> moved = new ArrayList<>(List.of(args.get(at)));
        moved.addAll(before);
        moved.addAll(args.subList(at + 1, args.size()));
        return moved;
    }

    /** How many arguments the client's option at a place takes with its value; 0 when there is none. */
    private static int length(List<String> args, int at) {
        String name = args.get(at);
        for (OptionSpec option : CLIENT) {
            boolean isShort = option.hasLetter() && name.equals("-" + option.letter());
            if (name.startsWith(option.name() + "=")) {
                return 1;
            }
            if (name.equals(option.name()) || isShort) {
                return option.isFlag() ? 1 : Math.min(2, args.size() - at);
            }
        }
        return name.equals(QUIET) || name.equals("-q") ? 1 : 0;
    }
}
