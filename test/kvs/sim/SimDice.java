package kvs.sim;

import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import kvs.world.Dice;

/** Chance with a seed. Thread-safe. */
public final class SimDice implements Dice {

    private final ReentrantLock lock = new ReentrantLock();
    private final SplittableRandom random;

    /** Dice that give the same numbers for the same seed. */
    public SimDice(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public long bits() {
        lock.lock();
        try {
            return random.nextLong();
        } finally {
            lock.unlock();
        }
    }

    /** True in {@code percent} of a hundred cases. */
    public boolean chance(int percent) {
        return below(100) < percent;
    }
}
