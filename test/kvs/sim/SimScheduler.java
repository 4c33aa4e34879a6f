package kvs.sim;

import java.util.PriorityQueue;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Virtual time: steps run in the order of their times, those of one time in the order in which they were
 * asked for. One thread.
 */
public final class SimScheduler implements Scheduler {

    private final SimClock clock;
    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private long number;

    private record Due(long at, long number, Task task) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    /** A scheduler that moves {@code clock}. */
    public SimScheduler(SimClock clock) {
        this.clock = clock;
    }

    @Override
    public void start(String name, Task task, long delayMs) {
        queue.add(new Due(clock.wallMs() + delayMs, number++, task));
    }

    /** Lets {@code ms} pass and runs whatever is due meanwhile. */
    public void run(long ms) {
        long end = clock.wallMs() + ms;
        while (!queue.isEmpty() && queue.peek().at <= end) {
            Due due = queue.poll();
            clock.advance(Math.max(0, due.at - clock.wallMs()));
            long next = due.task.step();
            if (next != Task.DONE) {
                start("again", due.task, next);
            }
        }
        clock.advance(end - clock.wallMs());
    }

    @Override
    public void close() {
        queue.clear();
    }
}
