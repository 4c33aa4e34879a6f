package kvs;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Optional;
import kvs.cli.CommandLine;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.gateway.JdkEngine;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Logger;
import kvs.world.NativeEncodingCheck;
import kvs.world.RealTerminalDevice;
import kvs.world.RealTextFiles;

/** The program: runs the command that the arguments name, with the real streams and doors. */
public final class Main {

    private Main() { }

    /** Runs the program. The exit status is one of {@link ExitStatus}. */
    public static void main(String[] args) {
        // From JDK 22 on there is a console without a terminal too, unless this is said.
        System.setProperty("jdk.console", "java.base");
        PrintStream err = Logger.utf8(FileDescriptor.err);
        Invocation invocation = new Invocation(System.in, Logger.utf8(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.out), err, new RealTerminalDevice(), System.getenv(),
                System.getProperty("user.home", "?"), version(), new RealTextFiles(Dice.real()), Clock.REAL,
                stop -> Runtime.getRuntime().addShutdownHook(new Thread(stop, "kvs-stop")));
        int status = run(List.of(args), invocation);
        if (status != 0) {
            System.exit(status);
        }
    }

    private static int run(List<String> args, Invocation invocation) {
        try {
            NativeEncodingCheck.check(args, invocation.variables(), System.getProperty("user.dir"));
            if (CommandLine.isNode(args)) {
                JdkEngine.PROPERTIES.forEach(System::setProperty);
            }
        } catch (InvalidPathException e) {
            invocation.err().println("kvs: " + NativeEncodingCheck.unusable(e));
            return ExitStatus.MISUSED.code();
        }
        CommandLine line = new CommandLine(invocation);
        return line.code(line.run(args));
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion()).orElse("development");
    }
}
