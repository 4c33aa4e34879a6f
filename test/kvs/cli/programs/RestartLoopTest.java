package kvs.cli.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.Test;

/** The loop of restarts with a script in the place of a node. */
class RestartLoopTest {

    private final FakePrograms programs = new FakePrograms();
    private final RestartingChild child = new RestartingChild(programs::start, 1_000);
    /** What each read does: a variable, a failure, or a change of the programs; then the program ends. */
    private final Deque<Object> script = new ArrayDeque<>();

    private Map<String, String> read(long waitMs) throws CommandException {
        Object next = script.poll();
        while (next instanceof Runnable change) {
            change.run();
            next = script.poll();
        }
        if (next instanceof CommandException failure) {
            throw failure;
        }
        if (next == null) {
            programs.started.get(programs.started.size() - 1).end(0);
            programs.started.get(programs.started.size() - 1).tell();
            return Map.of("N", "last");
        }
        return Map.of("N", (String) next);
    }

    private List<String> run(Object... reads) throws Exception {
        script.addAll(List.of(reads));
        child.start(Map.of("N", "1"));
        new RestartLoop(this::read, child, Map.of("N", "1"), new RestartLoop.Surroundings() {
            @Override
            public void progress(String text) {
                programs.seen.add(text);
            }

            @Override
            public void fault(String text) {
                programs.seen.add(text);
            }

            @Override
            public void pause(long ms) {
                programs.seen.add("pause");
            }
        }).run();
        return programs.seen;
    }

    private static CommandException silent() {
        return new CommandException(ExitStatus.UNREACHABLE, "all are silent");
    }

    @Test
    void restartsWhenTheEnvironmentHasChanged() throws Exception {
        assertEquals(List.of("start 1", "the environment has changed: restarts the program", "stop 1",
                "start 2"), run("1", "2", "2"));
    }

    @Test
    void failureIsToldOnceUntilAReadIsGood() throws Exception {
        String kept = "the program goes on as it is: all are silent";
        assertEquals(List.of("start 1", kept, "pause", "pause", kept, "pause"),
                run(silent(), silent(), "1", silent()));
    }

    @Test
    void startThatFailsIsToldOnceAndTriedAgain() throws Exception {
        Runnable fail = () -> programs.fails = true;
        Runnable mend = () -> programs.fails = false;
        assertEquals(List.of("start 1", "the environment has changed: restarts the program", "stop 1",
                "fail 2", "the program was stopped and could not be started again: too long. It is tried"
                        + " again until it runs", "pause", "fail 2", "pause",
                "the program does not run: all are silent", "pause",
                "start 2", "the program was started again"),
                run(fail, "2", "2", silent(), mend, "2", "2"));
    }
}
