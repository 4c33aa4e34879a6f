package kvs.world;

/**
 * The interface to chance: the only source of randomness. The real one is cryptographically strong, the
 * simulated one is seeded, so that a run can be repeated exactly.
 *
 * <p>Thread-safe.
 */
public interface Dice {

    /**
     * The random generator of the operating system, fit for keys and identities. It is made at the first use:
     * most commands need none, and it takes a tenth of their time.
     */
    static Dice real() {
        return new LazyDice();
    }

    /** 64 random bits. */
    long bits();

    /** A number from 0 to {@code bound - 1}. */
    default int below(int bound) {
        return (int) Math.floorMod(bits() >>> 1, (long) bound);
    }
}
