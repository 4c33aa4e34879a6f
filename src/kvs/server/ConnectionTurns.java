package kvs.server;

/**
 * The turns of one connection on its loop. It advances by some steps at once, and continues when others have
 * had their turn; other threads run tasks in turns of it. Belongs to its loop, but for {@link #run}.
 */
final class ConnectionTurns {

    /** Steps before others have their turn: some sixteen requests. */
    private static final int STEPS = 32;

    private final Connection connection;
    private final Loop loop;
    private boolean stepping;
    private boolean goesOn;

    ConnectionTurns(Connection connection, Loop loop) {
        this.connection = connection;
        this.loop = loop;
    }

    /** Whether the connection advances now. */
    boolean stepping() {
        return stepping;
    }

    /** Whether it continues with received bytes when others have had their turn. */
    boolean goesOn() {
        return goesOn;
    }

    /**
     * Advances as far as possible. An exchange that ends inside its handler passes here: the steps below
     * continue with the next.
     */
    void take() {
        if (stepping) {
            return;
        }
        stepping = true;
        boolean more = true;
        try {
            for (int i = 0; i < STEPS && more; i++) {
                more = connection.step();
            }
        } finally {
            stepping = false;
            connection.readBuffer.keep();
        }
        if (more && !goesOn) {
            goesOn = true;
            later(this::goOn);
        }
    }

    private void goOn() {
        goesOn = false;
        take();
        connection.socket.reads(connection.reads());
    }

    /**
     * Runs {@code work} on the loop; a fault in that costs the connection. {@code false}: the loop has ended.
     */
    boolean run(Runnable work) {
        return loop.run(() -> guarded(work));
    }

    /**
     * The same without waking the loop; the caller does that afterwards. A fault is logged and not thrown:
     * the caller may be a stage that would keep it for itself.
     */
    void runQuietly(Runnable work) {
        if (loop.here()) {
            loop.attempt(() -> guarded(work));
        } else {
            loop.addQuietly(() -> guarded(work));
        }
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error bug) {
            connection.close();
            throw bug;
        }
    }

    /** The same when others have had their turn. */
    void later(Runnable work) {
        loop.later(() -> run(work));
    }
}
