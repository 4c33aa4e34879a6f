package kvs.world;

import java.security.SecureRandom;

/**
 * The interface to chance: the only source of randomness. The real one is cryptographically strong, the
 * simulated one is seeded, so that a run can be repeated exactly.
 *
 * <p>Thread-safe.
 */
public interface Dice {

    /** The random generator of the operating system, fit for keys and identities. */
    static Dice real() {
        return new SecureRandom()::nextLong;
    }

    /** 64 random bits. */
    long bits();

    /** A number from 0 to {@code bound - 1}. */
    default int below(int bound) {
        return (int) Math.floorMod(bits() >>> 1, (long) bound);
    }
}
