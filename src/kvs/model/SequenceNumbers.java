package kvs.model;

/**
 * The numbers of records: the boot of the directory in the high bits, a count in the low 31. A boot number is
 * the larger of the previous one plus one and the wall clock in seconds, so that a restored copy of a
 * directory, started later, cannot assign a number a second time.
 *
 * <p>Never change this layout: it is in every log. It holds until the year 2106.
 */
public final class SequenceNumbers {

    /** The number of records of one boot: 13 hours at 45,000 a second; then the next boot number is used. */
    public static final long COUNT_MAX = (1L << 31) - 1;
    private static final int COUNT_BITS = 31;
    /** The last boot number. */
    public static final long BOOT_MAX = (1L << 32) - 1;
    /** The year 2100, in seconds. */
    private static final long CLOCK_MAX = 4_102_444_800L;
    private static final long MS = 1_000;

    private SequenceNumbers() { }

    /**
     * The number of the boot that follows {@code previous} at that time; a clock so wrong that few numbers
     * would be left is ignored.
     */
    public static long boot(long previous, long wallMs) {
        long seconds = wallMs / MS;
        return Math.min(BOOT_MAX, Math.max(previous + 1, seconds <= CLOCK_MAX ? seconds : 0));
    }

    /** The number before the first record of a boot. */
    public static long start(long boot) {
        return boot << COUNT_BITS;
    }

    /** The boot of a number. */
    public static long bootOf(long seq) {
        return seq >>> COUNT_BITS;
    }

    /** The count of a number within its boot. */
    public static long countOf(long seq) {
        return seq & COUNT_MAX;
    }
}
