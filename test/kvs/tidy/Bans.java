package kvs.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Calls that may not stand in the code. Time, chance, disk, threads and the process are reached through the
 * doors of {@code kvs.world} only, so that a simulator can stand behind them; an offender's line names the
 * door to take.
 */
public final class Bans {
    /**
     * A banned call.
     *
     * @param words parts of names of which each such call has one: most sources have none, and are not
     *     searched
     * @param call what it looks like
     * @param instead the door to take
     */
    private record Ban(List<String> words, Pattern call, String instead) {
        Ban(String words, String call, String instead) {
            this(List.of(words.split(" ")), Pattern.compile(call), instead);
        }

        Stream<String> in(Source source) {
            return words.stream().anyMatch(source.code()::contains) ? source.inCode(call, instead).stream()
                    : Stream.empty();
        }
    }

    private static final List<Ban> OUTSIDE_WORLD = List.of(
            new Ban("currentTimeMillis nanoTime",
                    "\\b(currentTimeMillis|nanoTime)\\b", "take a kvs.world.Clock"),
            new Ban("Instant Local DateTime",
                    "\\b(Instant|Local(Date|Time|DateTime)|OffsetDateTime|ZonedDateTime)\\s*\\.\\s*now\\b",
                    "take a kvs.world.Clock"),
            new Ban("Date", "\\bnew\\s+Date\\s*\\(\\s*\\)", "take a kvs.world.Clock"),
            new Ban("sleep LockSupport",
                    "\\b(Thread|TimeUnit\\s*\\.\\s*\\w+)\\s*\\.\\s*sleep\\b|\\bLockSupport\\b"
                    + "|\\bimport\\s+static\\s[\\w.]+\\.sleep\\b", "be a kvs.world.Task of the Scheduler"),
            new Ban("Random", "\\b(SecureRandom|ThreadLocalRandom|SplittableRandom|RandomGenerator)\\b"
                    + "|\\bnew\\s+(java\\.util\\.)?Random\\b", "take kvs.world.Dice"),
            new Ban("random", "\\bMath\\s*\\.\\s*random\\b|\\brandomUUID\\b", "take kvs.world.Dice"),
            new Ban("Files",
                    "\\bjava\\.nio\\.file\\.Files\\b|(?<![\\w.])Files\\s*\\.", "take a kvs.world.Disk"),
            new Ban("FileChannel RandomAccessFile Stream Reader Writer java.io.File",
                    "\\b(FileChannel|RandomAccessFile|File(Input|Output)Stream|File(Reader|Writer)"
                    + "|java\\.io\\.File)\\b", "take a kvs.world.Disk"),
            new Ban("Thread Timer Pool Executor parallel",
                    "\\bnew\\s+(Thread|Timer|ForkJoinPool|ScheduledThreadPoolExecutor|ThreadPoolExecutor)\\b"
                    + "|\\bExecutors\\b|\\bcommonPool\\b|\\bparallel(Stream)?\\s*\\(",
                    "take kvs.world.Threads or a Scheduler"),
            new Ban("System printStackTrace",
                    "\\bSystem\\s*\\.\\s*(out|err|in)\\b|\\bprintStackTrace\\b", "take a kvs.world.Logger"),
            new Ban("System Runtime",
                    "\\bSystem\\s*\\.\\s*(exit|getenv|getProperty|setProperty|getProperties)\\b"
                    + "|\\bRuntime\\s*\\.\\s*getRuntime"
                    + "\\s*\\(\\s*\\)\\s*\\.\\s*(exit|halt|addShutdownHook)\\b", "belongs to kvs.Main"));

    private static final List<Ban> ANYWHERE = List.of(
            new Ban("ThreadLocal", "\\b(Inheritable)?ThreadLocal\\b", "pass the value"),
            new Ban("synchronized", "\\bsynchronized\\b", "use a ReentrantLock"),
            new Ban("ofEpochMilli", "(\\+\\s*|\\bappend\\s*\\(\\s*)Instant\\s*\\.\\s*ofEpochMilli\\b",
                    "a whole second would have no milliseconds; take kvs.world.Clock.utc"),
            new Ban("FileStore",
                    "\\b(getFileStore|FileStore)\\b", "a jail has no table of mounts; take Disk.freeBytes"));

    /** Many patterns backtrack on some text: seconds for each request, from anybody. */
    private static final Ban PATTERN = new Ban("regex Scanner matches split replace",
            "\\bjava\\.util\\.(regex|Scanner)\\b"
            + "|\\.\\s*(matches|split)\\s*\\(\\s*([A-Z_]+\\b|\"[^\"]{2,})|\\.\\s*replace(All"
            + "|First)\\s*\\(\\s*([A-Z_]+\\b|\")", "regular expressions are for text of the operator and the"
                    + " system only; use kvs.model.AsciiParsers or a loop");
    /** Where that text is read: the commands, the configuration, the doors to the system. */
    private static final List<String> OWN_TEXT = List.of("kvs", "kvs.cli", "kvs.node",
            "kvs.config", "kvs.world");

    /**
     * The text of an exception, which is made for programmers and may quote a secret; a class has these two
     * for its own.
     */
    private static final Ban MESSAGE = new Ban("Message", "\\bget(Localized)?Message\\s*\\(\\s*\\)",
            "take kvs.world.FailureText.text");
    private static final List<String> MESSAGES = List.of("src/kvs/world/FailureText.java",
            "src/kvs/model/Refusal.java");
    private static final Pattern CAUGHT = Pattern.compile("\\bcatch\\s*\\(([^)]*?)(\\w+)\\s*\\)\\s*\\{");

    private static final Ban SLEEP = new Ban("sleep",
            "\\b(Thread|TimeUnit\\s*\\.\\s*\\w+)\\s*\\.\\s*sleep\\b",
            "step a fake clock; only kvs.jar and kvs.bench watch real time");

    private Bans() {}

    /** Every banned call of the product. */
    public static List<String> offenders(List<Source> sources) {
        return sources.stream().filter(Source::isProduct).flatMap(Bans::in).toList();
    }

    private static Stream<String> in(Source source) {
        boolean isDoor = source.packageName().equals("kvs.world")
                || source.path().equals("src/kvs/Main.java");
        Stream<Ban> bans = isDoor ? ANYWHERE.stream()
                : Stream.concat(OUTSIDE_WORLD.stream(), ANYWHERE.stream());
        return bans.flatMap(ban -> ban.in(source));
    }

    /** Every regular expression in a package that reads text from clients, peers or foreign files. */
    public static List<String> patterns(List<Source> sources) {
        return sources.stream()
                .filter(source -> source.isProduct() && !OWN_TEXT.contains(source.packageName()))
                .flatMap(PATTERN::in)
                .toList();
    }

    /** Every place where an exception becomes a text: by its message, by itself, or in a sum of texts. */
    public static List<String> messages(List<Source> sources) {
        return sources.stream()
                .filter(source -> source.isProduct() && !MESSAGES.contains(source.path()))
                .flatMap(source -> Stream.concat(MESSAGE.in(source), caught(source)))
                .toList();
    }

    /** A caught exception in its block: {@code "…" + e}, {@code e.toString()}, {@code "why", e)}. */
    private static Stream<String> caught(Source source) {
        List<String> offenders = new ArrayList<>();
        Matcher caught = CAUGHT.matcher(source.code());
        while (caught.find()) {
            String name = caught.group(2);
            int end = blockEnd(source.code(), caught.end());
            Matcher text = Pattern.compile("\\+\\s*" + name + "\\b(?!\\s*[.(])|\\b" + name
                    + "\\s*\\.\\s*toString\\b|valueOf\\(\\s*" + name
                    + "\\s*\\)|\\.(warn|info|debug)\\([^;]*\\bwhy\\b\\s*,\\s*" + name + "\\s*\\)")
                    .matcher(source.code()).region(caught.end(), end);
            while (text.find()) {
                offenders.add(source.at(source.lineOf(text.start()),
                        "the exception '" + name + "' as text: take kvs.world.FailureText.text"));
            }
        }
        return offenders.stream();
    }

    private static int blockEnd(String code, int from) {
        int depth = 1;
        int at = from;
        while (at < code.length() && depth > 0) {
            depth += code.charAt(at) == '{' ? 1 : code.charAt(at) == '}' ? -1 : 0;
            at++;
        }
        return at;
    }

    /** Every sleep in a test that could step a clock instead. */
    public static List<String> sleeps(List<Source> sources) {
        return sources.stream()
                .filter(Source::isTest)
                .filter(source -> !List.of("kvs.jar", "kvs.bench").contains(source.packageName()))
                .flatMap(SLEEP::in)
                .toList();
    }
}
