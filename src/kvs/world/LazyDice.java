package kvs.world;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The random generator of the operating system, made at its first use. Thread-safe. */
final class LazyDice implements Dice {

    private final ReentrantLock making = new ReentrantLock();
    /** Written under {@code making}, once. */
    private volatile Optional<SecureRandom> made = Optional.empty();

    @Override
    public long bits() {
        if (made.isEmpty()) {
            make();
        }
        return made.get().nextLong();
    }

    private void make() {
        making.lock();
        try {
            if (made.isEmpty()) {
                made = Optional.of(new SecureRandom());
            }
        } finally {
            making.unlock();
        }
    }
}
