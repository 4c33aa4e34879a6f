package kvs.gateway;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The threads of one server in the process of the tests: those of tests beside it have the same names. */
public final class ServerThreads {

    private final ThreadGroup group = new ThreadGroup("server");

    /** The result of {@code start}; threads that it starts, and those that these start, are in the group. */
    public <T> T start(Callable<T> start) throws Exception {
        FutureTask<T> started = new FutureTask<>(start);
        new Thread(group, started).start();
        return started.get();
    }

    /** The number of threads whose names match a regular expression. */
    public long count(String name) {
        return matching(name).count();
    }

    /** The number of those that are where {@code frame} says. */
    public long count(String name, Predicate<StackTraceElement> frame) {
        return matching(name).filter(stack -> Stream.of(stack).anyMatch(frame)).count();
    }

    /** The stacks of the threads with such a name. */
    private Stream<StackTraceElement[]> matching(String name) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getKey().getThreadGroup() == group
                        && each.getKey().getName().matches(name)).map(Map.Entry::getValue);
    }
}
