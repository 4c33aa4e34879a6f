package kvs.sim;

/**
 * The two sizes of a test that tries many seeds, bytes or lines: a part of them in {@code make test}, which a
 * person waits for, and all of them in {@code make sim}. Such a test, or its class when all of them are,
 * has the tag {@link #DEEP}.
 */
public final class Depth {

    /** The tag of the tests that {@code make sim} runs once more, at full depth. */
    public static final String DEEP = "deep";
    private static final String PROPERTY = "kvs.deep";

    private Depth() { }

    /** The number for this run. */
    public static int of(int part, int all) {
        return Boolean.getBoolean(PROPERTY) ? all : part;
    }

    /** From now on {@link #of} returns all; to be called before the tests are loaded. */
    public static void full() {
        System.setProperty(PROPERTY, "true");
    }
}
