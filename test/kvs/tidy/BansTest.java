package kvs.tidy;

import static kvs.tidy.Samples.assertClean;
import static kvs.tidy.Samples.assertOne;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BansTest {
    private static List<String> offenders(String path, String code) {
        return Bans.offenders(List.of(new Source(path, code)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "long t = System.currentTimeMillis();|Clock", "long t = System . nanoTime();|Clock",
        "import static java.lang.System.nanoTime;|Clock", "var t = Instant.now();|Clock", "new Date()|Clock",
        "Thread.sleep(5);|Task", "TimeUnit.SECONDS.sleep(1);|Task", "LockSupport.park();|Task",
        "new Random(7)|Dice", "new java.util.Random()|Dice", "ThreadLocalRandom.current()|Dice",
        "Math.random()|Dice", "UUID.randomUUID()|Dice", "UUID::randomUUID|Dice", "Files.delete(p);|Disk",
        "import java.nio.file.Files;|Disk", "FileChannel c;|Disk", "new FileOutputStream(f)|Disk",
        "new Thread(r)|Threads", "Executors.newCachedThreadPool()|Threads", "list.parallelStream()|Threads",
        "System.out.println();|Log", "System.err.flush();|Log", "e.printStackTrace();|Log",
        "System.exit(1);|Main", "System.getenv(n)|Main",
        "System.getProperty(n)|Main", "Runtime.getRuntime().halt(1);|Main"
    })
    void namesTheDoorToTake(String code, String door) {
        assertOne(offenders("src/kvs/store/Log.java", "\n" + code), "Log.java:2", door);
        assertClean(offenders("src/kvs/world/RealClock.java", code));
        assertClean(offenders("src/kvs/Main.java", code));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "// System.nanoTime()", "log(\"System.exit\");",
        "Path p; dataFiles.size(); new RandomWalk(); task.sleepMs(); myThread.join();"
    })
    void ignoresWhatOnlyLooksLikeACall(String code) {
        assertClean(offenders("src/kvs/store/Log.java", code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ThreadLocal<X> x;", "InheritableThreadLocal<X> x;", "synchronized (this) {}",
        "synchronized void f() {}", "at + Instant.ofEpochMilli(ms)", "text.append(Instant.ofEpochMilli(ms))"})
    void someAreBannedEverywhere(String code) {
        assertOne(offenders("src/kvs/world/RealClock.java", code));
        assertOne(offenders("src/kvs/Main.java", code));
        assertOne(offenders("src/kvs/store/Log.java", code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"import java.util.regex.Pattern;", "text.matches(\"[0-9]+\");",
        "text.matches(NAME)", "text.split(\"\\\\s+\")",
        "text.replaceAll(\"a|b\", x)", "text.replaceFirst(FORM, x)"})
    void regularExpressionsAreForOwnTextOnly(String code) {
        assertOne(Bans.patterns(List.of(new Source("src/kvs/gateway/RequestValidation.java", code))),
                "RequestValidation.java:1", "kvs.model.AsciiParsers");
        assertClean(Bans.patterns(List.of(new Source("src/kvs/config/SettingType.java", code),
                new Source("test/kvs/gateway/RequestValidationTest.java", code))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"candidate.matches(path)", "text.split(\",\", -1)",
        "errors.replaceAll(error -> file)", "text.replace(\"ab\", c)"})
    void whatIsNoRegularExpressionMayBe(String code) {
        assertClean(Bans.patterns(List.of(new Source("src/kvs/gateway/RequestValidation.java", code))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"say(e.getMessage());", "say(why.getLocalizedMessage());",
        "try { } catch (IOException e) { say(\"no: \" + e); }",
        "try { } catch (final IOException | Bad e) { say(e.toString()); }",
        "try { } catch (IOException e) { say(String.valueOf(e)); }"})
    void exceptionsAreNoMessages(String offender) {
        assertOne(Bans.messages(List.of(new Source("src/kvs/gateway/RequestValidation.java", offender))),
                "RequestValidation.java:1", "FailureText");
        assertClean(
                Bans.messages(List.of(new Source("test/kvs/gateway/RequestValidationTest.java", offender))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"try { } catch (IOException e) { throw new Bad(FailureText.text(e), e); }",
        "int e = 1 + e;", "try { } catch (IOException e) { log.error(\"it failed\", e); }",
        "try { } catch (IOException e) { n = 1 + e.count(); }"})
    void exceptionsMayBeHandedOn(String code) {
        assertClean(Bans.messages(List.of(new Source("src/kvs/gateway/RequestValidation.java", code))));
    }

    @Test
    void onlyTestsOfTheRealProcessMaySleep() {
        String sleep = "Thread.sleep(9);";
        assertOne(Bans.sleeps(List.of(new Source("test/kvs/store/LogTest.java", sleep))), "LogTest.java:1");
        assertClean(Bans.sleeps(List.of(new Source("test/kvs/jar/JarTest.java", sleep),
                new Source("test/kvs/bench/Bench.java", sleep))));
    }

    @Test
    void testsMayCallWhatTheyLike() {
        assertClean(offenders("test/kvs/store/LogTest.java", "System.nanoTime();"));
    }
}
