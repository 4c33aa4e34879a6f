package kvs.jar;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import kvs.OwnThread;
import kvs.cli.CommandLine;
import kvs.command.Invocation;
import kvs.sim.Depth;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.RealTextFiles;

/**
 * A process that runs many commands of the shells of the tests one after the other, with a tenth of the CPU
 * of a process for each: a script gives the directory of a call, with input, environment and arguments as
 * files, and receives the exit status. A command that may make a file, run a program or go on for long has a
 * process of its own, and so have all at full depth. Not in the process of the test, whose nodes would lose
 * the lock of their directory when a command looks at it.
 */
final class CommandServer {

    /** Commands without names of files. */
    private static final Set<String> KEYS = Set.of("can", "chmod", "diff", "docs", "get",
            "history", "ls", "put", "rm", "status", "token");
    /** Commands that may have names of files, which must be there. */
    private static final Set<String> FILES = Set.of("check", "import", "inspect", "merge", "verify",
            "verify-log");
    private static final String OTHER = "other";

    private final Process process;
    private final String port;

    /** Starts the process, which ends with this one. */
    CommandServer() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(QuickStart.PLAIN);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CommandServer.class.getName()));
        try {
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            port = process.inputReader(StandardCharsets.UTF_8).readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Serves calls until the end of the standard input. */
    public static void main(String[] args) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            System.out.println(socket.getLocalPort());
            OwnThread.run(() -> serve(socket));
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** The lines of a script that runs its arguments there, or by that command. */
    String script(String other) {
        return "call=$(mktemp -d \"$HOME/.call.XXXXXX\")\ncat > \"$call/in\"; env -0 > \"$call/env\"\n"
                + "printf '%s\\0' \"$PWD\" \"$@\" > \"$call/args\"\n"
                + "exec 3<> /dev/tcp/127.0.0.1/" + port + "\n"
                + "echo \"$call\" >&3; read -r status <&3; exec 3>&-\n"
                + "[ \"$status\" != " + OTHER + " ] || exec " + other + " \"$@\" < \"$call/in\"\n"
                + "cat \"$call/out\"; cat \"$call/err\" >&2; exit \"$status\"\n";
    }

    /** The pattern of the shell for the commands that the process may run. */
    static String words() {
        List<String> all = new ArrayList<>(KEYS);
        all.addAll(FILES);
        return Depth.of(0, 1) == 1 ? OTHER : String.join("|", all);
    }

    private static void serve(ServerSocket socket) {
        try {
            while (true) {
                Socket client = socket.accept();
                OwnThread.run(() -> answer(client));
            }
        } catch (SocketException closed) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(closed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(Socket client) {
        try (client; var in = new BufferedReader(new InputStreamReader(client.getInputStream(),
                StandardCharsets.UTF_8))) {
            String status = run(Path.of(in.readLine()));
            client.getOutputStream().write((status + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> strings(Path file) throws IOException {
        return List.of(Files.readString(file).split("\0"));
    }

    /** Runs the command of a call; returns its exit status. */
    private static String run(Path call) throws IOException {
        List<String> given = strings(call.resolve("args"));
        Path directory = Path.of(given.get(0));
        List<String> args = new ArrayList<>();
        for (String arg : given.subList(1, given.size())) {
            boolean name = !args.isEmpty() && FILES.contains(args.get(0)) && !arg.startsWith("-")
                    && !arg.contains("://");
            if (name && !Files.exists(directory.resolve(arg))) {
                return OTHER;
            }
            args.add(name ? directory.resolve(arg).toString() : arg);
        }
        Map<String, String> variables = new TreeMap<>();
        for (String variable : strings(call.resolve("env"))) {
            String[] parts = variable.split("=", 2);
            variables.put(parts[0], parts[1]);
        }
        InsideNode.directories(directory, variables);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        CommandLine line = new CommandLine(new Invocation(
                new ByteArrayInputStream(Files.readAllBytes(call.resolve("in"))),
                new PrintStream(out, true, StandardCharsets.UTF_8), out,
                new PrintStream(err, true, StandardCharsets.UTF_8), InsideNode.NO_TERMINAL, variables,
                variables.get("HOME"), "test", new RealTextFiles(Dice.real()), Clock.REAL, stop -> { }));
        int status = line.code(line.run(args));
        // Names of files as they were given.
        String absolute = directory + "/";
        Files.writeString(call.resolve("out"), out.toString(StandardCharsets.UTF_8).replace(absolute, ""));
        Files.writeString(call.resolve("err"), err.toString(StandardCharsets.UTF_8).replace(absolute, ""));
        return Integer.toString(status);
    }
}
