package kvs;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import kvs.gateway.JdkEngine;
import kvs.sim.Depth;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The run of the tests: every test below package {@code kvs}, or the classes whose name matches the one
 * argument, a regular expression. Prints a line per class, each failure in full, the slowest classes, the
 * skipped tests and the reasons; the last line is {@code N passed, N failed[, N skipped]}. Exit status: 0, 1
 * when a test failed, 2 when no test ran.
 *
 * <p>A test may take {@link #LIMIT}; then JUnit interrupts it, and just before that the watchdog prints all
 * stacks. When a test survives the interrupt until {@link #GIVE_UP}, the whole run ends. Six classes run at a
 * time: each waits half of its time, for a disk, a process or a clock, so that four would leave a fifth of
 * two processors idle. The tests of a class run one after the other. Classes with the tag {@link #TIMED} run
 * when the others are done, two at a time, for they wait more than they work.
 */
public final class RunTests implements TestExecutionListener {
    /** The tag of the classes whose clients or clocks must not wait for a processor. */
    public static final String TIMED = "timed";
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration GIVE_UP = LIMIT.multipliedBy(4);
    private static final int SLOWEST = 10;
    private static final int AT_ONCE = 6;
    private static final int TIMED_AT_ONCE = 2;
    private static final String NOTHING = "";
    private static final String ENGINE = "(engine)";

    /** A test that runs, and its start by the nano clock. */
    private record Running(String name, long since) {}

    /** The counts of one test class. */
    private static final class Row {
        int passed;
        int failed;
        int skipped;
        long began = System.nanoTime();
        long millis;
    }

    private final PrintStream out = System.out;
    private final Map<String, Row> rows = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> skips = new ArrayList<>();
    private TestPlan plan;
    /** Guards all mutable fields; several classes run at a time. */
    private final ReentrantLock lock = new ReentrantLock();
    /** The running tests, by class. */
    private final Map<String, Running> running = new TreeMap<>(
            Map.of(NOTHING, new Running("discovery", System.nanoTime())));
    private final Set<Running> told = new HashSet<>();

    public static void main(String[] args) {
        String pattern = args.length == 0 ? "" : args[0];
        System.exit(run(ClassNameFilter.includeClassNamePatterns(".*(" + pattern + ").*")).report());
    }

    /** Runs the tests that {@code make sim} repeats at full depth; how many passed, or an error. */
    public static int deep() {
        Depth.full();
        RunTests run = run(TagFilter.includeTags(Depth.DEEP));
        if (run.report() != 0) {
            throw new AssertionError("a test at full depth failed");
        }
        return run.passed();
    }

    private static RunTests run(Filter<?> which) {
        // Read once, when the first class of the JDK's server is loaded, whichever test does that.
        JdkEngine.PROPERTIES.forEach(System::setProperty);
        var run = new RunTests();
        run.watch();
        run.execute(AT_ONCE, which, TagFilter.excludeTags(TIMED));
        run.execute(TIMED_AT_ONCE, which, TagFilter.includeTags(TIMED));
        return run;
    }

    /** Runs the classes that pass these filters, so many at a time. */
    private void execute(int atOnce, Filter<?>... which) {
        String classes = Integer.toString(atOnce);
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("kvs")).filters(EngineFilter.includeEngines("junit-jupiter"))
                .filters(which)
                .configurationParameter("junit.jupiter.testclass.order.default", LongestFirst.class.getName())
                .configurationParameter("junit.jupiter.execution.timeout.default", LIMIT.toSeconds() + " s")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "same_thread")
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", classes)
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.max-pool-size",
                        classes).build(), this);
    }

    private int passed() {
        return rows.values().stream().mapToInt(row -> row.passed).sum();
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void executionStarted(TestIdentifier id) {
        locked(() -> {
            running.remove(NOTHING);
            if (hasClass(id)) {
                running.put(className(id), new Running(name(id), System.nanoTime()));
            }
            if (isClass(id)) {
                row(id).began = System.nanoTime();
            }
        });
    }

    @Override
    public void executionSkipped(TestIdentifier id, String reason) {
        locked(() -> {
            long tests = id.isTest() ? 1
                    : plan.getDescendants(id).stream().filter(TestIdentifier::isTest).count();
            row(id).skipped += (int) Math.max(1, tests);
            skips.add(name(id) + ": " + reason);
            if (isClass(id)) {
                print(className(id));
            }
        });
    }

    @Override
    public void executionFinished(TestIdentifier id, TestExecutionResult result) {
        locked(() -> {
            if (hasClass(id)) {
                running.put(className(id), new Running("after " + name(id), System.nanoTime()));
            }
            switch (result.getStatus()) {
                case SUCCESSFUL -> pass(id);
                case FAILED -> fail(id, result.getThrowable().orElseThrow());
                case ABORTED -> {
                    row(id).skipped++;
                    skips.add(name(id) + ": "
                            + result.getThrowable().map(Throwable::getMessage).orElse("aborted"));
                }
            }
            if (isClass(id)) {
                running.remove(className(id));
                row(id).millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - row(id).began);
                print(className(id));
            }
        });
    }

    private void locked(Runnable event) {
        lock.lock();
        try {
            event.run();
        } finally {
            lock.unlock();
        }
    }

    private void pass(TestIdentifier id) {
        if (id.isTest()) {
            row(id).passed++;
        }
    }

    private void fail(TestIdentifier id, Throwable failure) {
        row(id).failed++;
        failures.add(name(id));
        var stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack, true));
        out.println("FAILED " + name(id) + System.lineSeparator() + stack.toString().indent(4));
    }

    private void print(String className) {
        Row row = rows.get(className);
        String counts = row.passed + " passed" + (row.failed > 0 ? ", " + row.failed + " FAILED" : "")
                + (row.skipped > 0 ? ", " + row.skipped + " skipped" : "");
        out.printf("%-48s %7d ms  %s%n", className, row.millis, counts);
    }

    private int report() {
        out.println(System.lineSeparator() + "slowest:");
        rows.entrySet().stream().sorted(Comparator.comparing(row -> -row.getValue().millis)).limit(SLOWEST)
                .forEach(row -> out.printf("%9d ms  %s%n", row.getValue().millis, row.getKey()));
        skips.forEach(skip -> out.println("skipped: " + skip));
        failures.forEach(failure -> out.println("failed: " + failure));
        return summary(0);
    }

    /** Prints the last line; returns the exit status. */
    private int summary(int hung) {
        int passed = passed();
        int failed = rows.values().stream().mapToInt(row -> row.failed).sum() + hung;
        int skipped = rows.values().stream().mapToInt(row -> row.skipped).sum();
        if (passed + failed == 0) {
            out.println("no test ran");
        }
        out.println(passed + " passed, " + failed + " failed"
                + (skipped > 0 ? ", " + skipped + " skipped" : ""));
        out.flush();
        return failed > 0 ? 1 : passed == 0 ? 2 : 0;
    }

    private void watch() {
        Executors.newSingleThreadScheduledExecutor(look -> {
            var thread = new Thread(look, "watchdog");
            thread.setDaemon(true);
            return thread;
        }).scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    private void look() {
        locked(() -> List.copyOf(running.values()).forEach(this::look));
    }

    private void look(Running one) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - one.since);
        // Just before JUnit interrupts the test: afterwards the stack would be gone.
        if (seconds >= LIMIT.toSeconds() - 2 && told.add(one)) {
            out.println("SLOW " + one.name + " after " + seconds + " s; all stacks:");
            Thread.getAllStackTraces().forEach((thread, stack) -> {
                out.println("  " + thread.getName() + " (" + thread.getState() + ")");
                List.of(stack).forEach(frame -> out.println("      at " + frame));
            });
        }
        if (seconds >= GIVE_UP.toSeconds()) {
            out.println("FAILED " + one.name + ": cannot be interrupted, the run is given up");
            Runtime.getRuntime().halt(summary(1));
        }
    }

    private Row row(TestIdentifier id) {
        return rows.computeIfAbsent(className(id), name -> new Row());
    }

    private static boolean isClass(TestIdentifier id) {
        return id.getUniqueIdObject().getLastSegment().getType().equals("class");
    }

    private static boolean hasClass(TestIdentifier id) {
        return !className(id).equals(ENGINE);
    }

    private static String className(TestIdentifier id) {
        return id.getUniqueIdObject().getSegments().stream().filter(part -> part.getType().equals("class"))
                .map(UniqueId.Segment::getValue).findFirst().orElse(ENGINE);
    }

    private static String name(TestIdentifier id) {
        return className(id) + (isClass(id) ? "" : " " + id.getDisplayName());
    }
}
