package kvs;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Optional;
import kvs.cli.Arguments;
import kvs.cli.Command;
import kvs.cli.CommandContext;
import kvs.cli.Commands;
import kvs.config.ConfigException;
import kvs.gateway.JdkEngine;
import kvs.log.UnusableDirectoryException;
import kvs.server.TlsContexts;
import kvs.world.Dice;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.NativeEncodingCheck;
import kvs.world.RealTextFiles;

/** The program: runs the command that the arguments name, and reports what prevents it. */
public final class Main {

    private Main() { }

    /**
     * Runs the program. Exit status: 0 done, 1 something could not be done or faults were found, 2 wrong
     * arguments or settings.
     */
    public static void main(String[] args) {
        JdkEngine.PROPERTIES.forEach(System::setProperty);
        // From JDK 22 on there is a console without a terminal too, unless this is said.
        System.setProperty("jdk.console", "java.base");
        PrintStream err = Logger.utf8(FileDescriptor.err);
        CommandContext context = new CommandContext(System.in, Logger.utf8(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.out), err, System.console() != null, System.getenv(),
                System.getProperty("user.home", "?"), version(), new RealTextFiles(Dice.real()),
                stop -> Runtime.getRuntime().addShutdownHook(new Thread(stop, "kvs-stop")));
        int status = run(List.of(args), context);
        if (status != Command.DONE) {
            System.exit(status);
        }
    }

    private static int run(List<String> args, CommandContext context) {
        PrintStream err = context.err();
        try {
            NativeEncodingCheck.check(args, context.variables(), System.getProperty("user.dir"));
            return new Commands(context).run(args);
        } catch (InvalidPathException e) {
            err.println("kvs: " + NativeEncodingCheck.unusable(e));
            return Command.MISUSED;
        } catch (Arguments.MisuseException e) {
            err.println("kvs: " + FailureText.text(e)
                    + "\nkvs: java -jar kvs.jar --help lists the commands and their arguments");
            return Command.MISUSED;
        } catch (ConfigException e) {
            e.errors().forEach(error -> err.println("kvs: " + error));
            return Command.MISUSED;
        } catch (BindException e) {
            err.println("kvs: cannot listen: " + FailureText.text(e)
                    + ". Another process may use the port; set port or bind_address");
            return Command.FAILED;
        } catch (UnusableDirectoryException | TlsContexts.TlsException | IOException e) {
            err.println("kvs: " + FailureText.text(e));
            return Command.FAILED;
        }
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion()).orElse("development");
    }
}
