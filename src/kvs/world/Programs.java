package kvs.world;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Other programs of this machine, with the terminal of this one. Thread-safe. */
public final class Programs {

    private Programs() { }

    /**
     * Runs a line of the shell to its end and returns its exit status.
     *
     * @param line the line, in which {@code $1} and so on are the arguments
     * @param variables environment variables beside those of this process
     */
    public static int run(String line, List<String> arguments, Map<String, String> variables)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", line, "kvs"));
        command.addAll(arguments);
        return ChildProcess.start(command, variables).await();
    }
}
