package kvs.store;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReferenceArray;
import kvs.deflate.TextChecksums;

/**
 * The checksums of documents that were sent deflated before: they are those of the text, for which it has to
 * be inflated, and no record has them. A version never changes, so they never become wrong. At most
 * {@value #SLOTS}, one for each slot that an id may have; the latest stays. Thread-safe.
 */
final class ChecksumCache {

    /** A power of two; all slots together take some 300 KB. */
    static final int SLOTS = 4_096;

    private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);

    private record Slot(UUID version, TextChecksums sums) { }

    /** The checksums of the document of a version, if they are known. */
    Optional<TextChecksums> get(UUID version) {
        Slot slot = slots.get(index(version));
        return slot != null && slot.version.equals(version) ? Optional.of(slot.sums) : Optional.empty();
    }

    /** Keeps the checksums of the document of a version. */
    void put(UUID version, TextChecksums sums) {
        slots.set(index(version), new Slot(version, sums));
    }

    /** An id is a hash: its low bits are as good as any. */
    private static int index(UUID version) {
        return (int) version.getLeastSignificantBits() & SLOTS - 1;
    }
}
