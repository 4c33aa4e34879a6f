package kvs.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kvs.config.Settings;
import kvs.jar.Jar;
import kvs.jar.Shell;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The container image: what its file says, and the run-time image inside it, which is built in make sim. */
class ContainerTest {

    private static final Path ROOT = Path.of(System.getProperty("kvs.root"));
    private static final String MAKE = "unset MAKEFLAGS MAKELEVEL MFLAGS; make -C '" + ROOT + "' ";

    @TempDir
    private Path directory;

    /** The instructions, continued lines joined. */
    private static List<String> instructions() throws IOException {
        List<String> instructions = new ArrayList<>();
        String text = Files.readString(ROOT.resolve("conf/Containerfile")).replaceAll("(?m)^#.*\n", "")
                .replaceAll("\\\\\n\\s*", " ");
        text.lines().filter(line -> !line.isBlank()).forEach(instructions::add);
        return instructions;
    }

    private static String instruction(String word) throws IOException {
        return instructions().stream().filter(line -> line.startsWith(word + " ")).reduce((a, b) -> b)
                .orElseThrow().substring(word.length() + 1);
    }

    @Test
    void runsWithoutRootAndWritesToItsVolumeOnly() throws IOException {
        assertEquals("65532:65532", instruction("USER"));
        assertEquals("/data", instruction("VOLUME"));
        assertEquals("SIGTERM", instruction("STOPSIGNAL"));
        List<String> all = instructions();
        assertEquals(2, all.stream().filter(line -> line.startsWith("FROM ")).count(), "two stages");
        List<String> last = all.subList(all.indexOf("FROM ${BASE}"), all.size());
        assertTrue(last.stream().noneMatch(line -> line.startsWith("RUN ")), "no shell is there");
        Matcher setting = Pattern.compile("\\bKVS_([A-Z_]+)=(\\S+)").matcher(instruction("ENV"));
        while (setting.find()) {
            assertTrue(Settings.keys().contains(setting.group(1).toLowerCase(Locale.ROOT)), setting.group());
            assertTrue(!setting.group(2).startsWith("/") || setting.group(2).startsWith("/data"),
                    setting.group());
        }
    }

    @Test
    void probeStartsAsTheNodeDoes() throws IOException {
        String node = instruction("ENTRYPOINT").replace("]", "");
        String probe = instruction("HEALTHCHECK");
        assertTrue(probe.contains("CMD " + node + ", \"health\""), probe + " is not " + node);
        assertTrue(instructions().contains("RUN make image IMAGE=/opt/kvs"));
        assertTrue(node.startsWith("[\"/opt/kvs/bin/java\", \"@/opt/kvs/lib/kvs.options\""), node);
        for (String line : instructions()) {
            if (line.startsWith("COPY ") && !line.contains("--from")) {
                assertTrue(Files.exists(ROOT.resolve(line.split(" ")[1])), line);
            }
        }
    }

    /** A run-time environment has java and no jlink; the rest of the tools are those of this JDK. */
    @Test
    void makeSaysThatJlinkIsMissing() throws IOException {
        assumeTrue(Shell.has("make"), "no make here");
        Path jar = ROOT.relativize(Jar.ours());
        assumeTrue(Shell.run(directory, MAKE + "-q JAVA_HOME=\"$JAVA_HOME\" " + jar).status() == 0,
                "the jar is older than the sources");
        Jar.Printed made = Shell.run(directory, "mkdir -p jre/bin; for tool in java javac jar; do"
                + " ln -s \"$JAVA_HOME/bin/$tool\" jre/bin/; done; " + MAKE
                + "image JAVA_HOME=\"$PWD/jre\" IMAGE=\"$PWD/image\"");
        assertEquals(2, made.status(), made.text());
        assertTrue(made.text().contains("jlink is missing: it makes the image"), made.text());
    }

    @Tag(Depth.DEEP)
    @Test
    void imageServesAndAnswersItsProbe() throws IOException {
        assumeTrue(Depth.of(0, 1) == 1, "in make sim: it takes half a minute");
        assumeTrue(Shell.has("make") && Shell.has("jlink"), "no make, or no jlink");
        assumeTrue(Files.isDirectory(Path.of(System.getProperty("java.home"), "jmods")), "no jmods");
        Jar.Printed run = Shell.run(directory, MAKE + "image JAVA_HOME=\"$JAVA_HOME\" IMAGE=\"$PWD/image\""
                + " || exit 9; unset JAVA_HOME; export KVS_DATA_DIR=\"$PWD/data\" KVS_PORT=0; : > node.yaml\n"
                + "java=(image/bin/java @image/lib/kvs.options -Duser.home=\"$PWD\" -Xshare:on"
                + " -jar \"$PWD/image/lib/kvs.jar\")\n"
                + "\"${java[@]}\" node.yaml > log 2>&1 & node=$!\n"
                + "\"${java[@]}\" health --wait 60s; echo \"status $?\"\n"
                + "kill $node; wait $node; echo \"exit $?\"; cat log; echo \"$PWD/image/lib\" > pattern\n"
                + "grep -sl -f pattern /proc/[0-9]*/cmdline || echo 'nothing runs any more'");
        for (String line : List.of("status 0", "exit 143", "\"message\":\"stopped\"",
                "nothing runs any more")) {
            assertTrue(run.text().contains(line), line + ": " + run.text());
        }
    }
}
