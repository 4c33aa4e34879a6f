package kvs.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import kvs.model.HealthProblem;

/** The rule of problems: each comes within seconds of its cause, and goes within a minute of its end. */
public final class HealthProblemCheck {

    private static final long STEP_MS = 1_000;
    private static final int COMES_STEPS = 10;
    private static final int GOES_STEPS = 60;

    /** A step of a test, which may throw whatever fails it. */
    @FunctionalInterface
    public interface Step {

        /** Takes it. */
        void take() throws Exception;
    }

    /**
     * The node in question.
     *
     * @param problems it has now
     * @param advance lets so many milliseconds pass for it
     */
    public record Subject(Supplier<List<HealthProblem>> problems, LongConsumer advance) {

        private int count(HealthProblem.Kind kind) {
            return (int) problems.get().stream().filter(problem -> problem.kind() == kind).count();
        }

        private void pass(int steps, Supplier<Boolean> until) {
            for (int i = 0; i < steps && !until.get(); i++) {
                advance.accept(STEP_MS);
            }
        }
    }

    private HealthProblemCheck() { }

    /** Checks a problem of that kind both ways; its detail while it was there. */
    public static String comesAndGoes(HealthProblem.Kind kind, Subject subject, Step cause, Step cure)
            throws Exception {
        assertEquals(0, subject.count(kind), () -> kind + " before its cause: " + subject.problems.get());
        cause.take();
        subject.pass(COMES_STEPS, () -> subject.count(kind) > 0);
        assertTrue(subject.count(kind) > 0, () -> kind + " does not come: " + subject.problems.get());
        String detail = subject.problems.get().stream().filter(problem -> problem.kind() == kind).findFirst()
                .orElseThrow().detail();
        cure.take();
        subject.pass(GOES_STEPS, () -> subject.count(kind) == 0);
        assertEquals(0, subject.count(kind), () -> kind + " does not go: " + subject.problems.get());
        return detail;
    }
}
