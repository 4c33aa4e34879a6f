package kvs.jar;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One bash for all commands of a page, so that a variable of one command is there for the next. The programs
 * {@code curl}, {@code java} and {@code kvs} on its path are scripts: the first notes the status of each
 * answer, the others run the jar under test, which also lies at {@code build/kvs.jar}, or let the
 * {@link CommandServer} run the command.
 */
final class PageShell implements AutoCloseable {

    private static final String DONE = "done ";
    private static final String MARK = "http ";

    /** For all pages. */
    private static final CommandServer COMMANDS = new CommandServer();

    private final Path directory;
    private final Path programs;
    private final Process bash;
    private final Writer in;
    private final BufferedReader out;

    /** A command that has ended: its status, its outputs, and the statuses of the answers that curl got. */
    record Step(int status, String out, String err, List<Integer> answers) { }

    /** A shell in a directory, which is its home too. */
    PageShell(Path directory) throws IOException {
        this.directory = directory;
        programs = Files.createDirectories(directory.resolve(".programs"));
        script(programs.resolve("java"), "[ \"$1 $2\" != '-jar build/kvs.jar' ] || {"
                + " shift 2; exec kvs \"$@\"; }\nexec '"
                + Path.of(System.getProperty("java.home"), "bin", "java") + "' "
                + QuickStart.OPTIONS.stream().map(option -> "'" + option + "'")
                        .collect(Collectors.joining(" ")) + " -Duser.home=\"$HOME\" \"$@\"");
        String process = "java -jar '" + Jar.ours() + "'";
        script(programs.resolve("kvs"), "case $1 in " + CommandServer.words() + ") ;; *) exec " + process
                + " \"$@\" ;; esac\n" + COMMANDS.script(process));
        script(programs.resolve("curl"), "PATH=${PATH#*:} exec curl -sS -m 60 -w '%{stderr}" + MARK
                + "%{http_code}\\n' \"$@\" 2>> \"$HOME/.answers\"");
        Path jar = Files.createDirectories(directory.resolve("build")).resolve("kvs.jar");
        if (!Files.exists(jar)) {
            Files.createSymbolicLink(jar, Jar.ours());
        }
        ProcessBuilder builder = new ProcessBuilder("bash", "--norc").directory(directory.toFile())
                .redirectError(directory.resolve(".bash").toFile());
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        bash = builder.start();
        in = bash.outputWriter(StandardCharsets.UTF_8);
        out = new BufferedReader(new InputStreamReader(bash.getInputStream(), StandardCharsets.UTF_8));
        in.write("trap 'kill $(jobs -p) 2> /dev/null; wait' EXIT\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/usr/bin/env bash\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /** Runs a command to its end. */
    Step run(String command) throws IOException {
        Files.writeString(directory.resolve(".answers"), "");
        in.write("{ " + command + "\n} < /dev/null > .out 2> .err; echo " + DONE + "$?\n");
        in.flush();
        String line = out.readLine();
        if (line == null || !line.startsWith(DONE)) {
            throw new IOException("bash ended at: " + command + "\n" + text(".bash"));
        }
        List<String> answers = text(".answers").lines().toList();
        return new Step(Integer.parseInt(line.substring(DONE.length())), text(".out"), text(".err")
                + answers.stream().filter(one -> !one.startsWith(MARK)).collect(Collectors.joining("\n")),
                answers.stream().filter(one -> one.startsWith(MARK))
                        .map(one -> Integer.parseInt(one.substring(MARK.length()))).toList());
    }

    /** Starts a node in the background, which ends with the shell, and waits until it is ready. */
    Step start(String command) throws IOException {
        return run(command.replaceFirst("\\s*&$", "") + " > .node 2>&1 & PATH=${PATH#*:}; for i in"
                + " $(seq 600); do kill -0 $! || break; curl -fs \"$(sed -n '/\"started\"/s/.*\"address\":"
                + "\"\\([^\"]*\\)\".*/\\1/p' .node)/health/ready\" && break; sleep 0.05; done;"
                + " PATH=" + programs + ":$PATH; cat .node; grep -q '\"started\"' .node");
    }

    private String text(String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }

    @Override
    public void close() throws IOException {
        in.write("exit\n");
        in.close();
        Shell.await(bash);
    }
}
