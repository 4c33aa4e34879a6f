package kvs.cli.programs;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import kvs.command.CommandException;
import kvs.world.FailureText;

/**
 * The loop of {@code kvs env --restart}: reads the environment, and restarts the program when it has changed,
 * until the program ends by itself. One thread.
 */
final class RestartLoop {

    private static final String KEPT = "the program goes on as it is: ";
    private static final String DOWN = "the program does not run: ";
    private static final String FAILED = "the program was stopped and could not be started again: ";
    private static final long WAIT_MS = 30_000;
    private static final long PAUSE_MS = 1_000;

    private final Source source;
    private final RestartingChild child;
    private final Surroundings surroundings;
    private final Set<String> told = new TreeSet<>();
    private Map<String, String> present;
    /** Whether the program was started with the present variables. */
    private boolean started = true;

    /** The source of environments: {@link EnvironmentReader#read}. */
    interface Source {

        Map<String, String> read(long waitMs) throws CommandException;
    }

    /** The person, and time. */
    interface Surroundings {

        /** A sentence about what goes well. */
        void progress(String text);

        /** A sentence about what does not. */
        void fault(String text);

        /** Waits. */
        void pause(long ms);
    }

    /** A loop for a program that was started with the variables {@code present}. */
    RestartLoop(Source source, RestartingChild child, Map<String, String> present,
            Surroundings surroundings) {
        this.source = source;
        this.child = child;
        this.present = present;
        this.surroundings = surroundings;
    }

    /** Runs until the program has ended by itself, or was stopped for good. */
    void run() {
        while (!child.hasEnded()) {
            try {
                Map<String, String> variables = source.read(started ? WAIT_MS : PAUSE_MS);
                told.removeIf(text -> !text.startsWith(FAILED));
                if (!child.hasEnded() && !(started && variables.equals(present))) {
                    restart(variables);
                }
            } catch (CommandException e) {
                tell((started ? KEPT : DOWN) + FailureText.text(e));
                surroundings.pause(PAUSE_MS);
            }
        }
    }

    private void restart(Map<String, String> variables) {
        if (started) {
            surroundings.progress("the environment has changed: restarts the program");
        }
        try {
            child.start(variables);
            if (!started) {
                surroundings.progress("the program was started again");
            }
            told.clear();
            present = variables;
            started = true;
        } catch (IOException e) {
            started = false;
            tell(FAILED + FailureText.text(e) + ". It is tried again until it runs");
            surroundings.pause(PAUSE_MS);
        }
    }

    /** Says a sentence, but not again until what it is about went well. */
    private void tell(String text) {
        if (told.add(text)) {
            surroundings.fault(text);
        }
    }
}
