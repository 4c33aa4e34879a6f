package kvs.cli.programs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import kvs.world.RunningProgram;

/** Programs that are started with the variable N, and end when they are told to. */
final class FakePrograms {

    static final int TERMINATED = 143;

    /** What happened, in order. */
    final List<String> seen = new ArrayList<>();
    /** The programs that were started. */
    final List<Program> started = new ArrayList<>();
    /** Whether the next start fails. */
    boolean fails;
    /** Runs in the middle of the next stop. */
    Runnable meanwhile = () -> { };

    RunningProgram start(Map<String, String> variables) throws IOException {
        String name = variables.get("N");
        if (fails) {
            seen.add("fail " + name);
            throw new IOException("too long");
        }
        seen.add("start " + name);
        Program program = new Program(name);
        started.add(program);
        return program;
    }

    /** A program. */
    final class Program implements RunningProgram {

        private final String name;
        private final CompletableFuture<Integer> end = new CompletableFuture<>();
        private IntConsumer ended = status -> { };

        Program(String name) {
            this.name = name;
        }

        /** Ends by itself; nobody is told yet. */
        void end(int status) {
            end.complete(status);
        }

        /** Tells that it has ended. */
        void tell() {
            ended.accept(end.join());
        }

        @Override
        public boolean isAlive() {
            return !end.isDone();
        }

        @Override
        public int await() {
            return end.join();
        }

        @Override
        public void onEnd(IntConsumer told) {
            ended = told;
        }

        @Override
        public void stop(long graceMs) {
            Runnable now = meanwhile;
            meanwhile = () -> { };
            now.run();
            seen.add("stop " + name);
            end.complete(TERMINATED);
            tell();
        }
    }
}
