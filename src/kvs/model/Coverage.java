package kvs.model;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The coverage of a node: for each origin, a number up to which every version of that origin is present,
 * superseded by a greater one, or purged (a version vector; Parker et al., "Detection of mutual inconsistency
 * in distributed systems", 1983). Immutable.
 *
 * <pre>
 *   bytes   u8 version = 1, then for each origin: uuid(16), u64 number; origins ascending as signed halves.
 *           Never change it.
 *   text    base64url of the bytes without padding: the position that clients see
 * </pre>
 */
public final class Coverage {

    /** The coverage of nothing. */
    public static final Coverage NONE = new Coverage(Collections.emptySortedMap());
    /**
     * The number of origins in a position for clients: 60 × 24 bytes are 1.9 KiB of text. The origins that
     * started last are kept.
     */
    public static final int SHOWN_MAX = 60;
    /**
     * The number of origins in a coverage that nodes exchange. A new directory makes an origin, and so does a
     * start that cannot rule out that the directory is an old copy. The origins that started last are kept;
     * an omitted one counts as not covered.
     */
    public static final int ORIGINS_MAX = 2_500;
    private static final int VERSION = 1;
    private static final int ORIGIN_BYTES = 24;

    private final SortedMap<UUID, Long> numbers;

    private Coverage(SortedMap<UUID, Long> numbers) {
        this.numbers = Collections.unmodifiableSortedMap(numbers);
    }

    /** The coverage of these numbers; an origin with 0 is not covered. */
    public static Coverage of(Map<UUID, Long> numbers) {
        SortedMap<UUID, Long> covered = new TreeMap<>(numbers);
        covered.values().removeIf(seq -> seq == 0);
        return new Coverage(covered);
    }

    /** The number of an origin, 0 when nothing of it is covered. */
    public long of(UUID origin) {
        return numbers.getOrDefault(origin, 0L);
    }

    /** The numbers by origin. */
    public Map<UUID, Long> numbers() {
        return numbers;
    }

    /** Whether the version with that dot is present, superseded, or purged. */
    public boolean covers(Dot dot) {
        return of(dot.origin()) >= dot.seq();
    }

    /** Whether this coverage includes all of {@code other}. */
    public boolean covers(Coverage other) {
        for (Map.Entry<UUID, Long> each : other.numbers.entrySet()) {
            if (of(each.getKey()) < each.getValue()) {
                return false;
            }
        }
        return true;
    }

    /** Whether this coverage includes all of {@code other} except for one origin. */
    public boolean coversBut(UUID origin, Coverage other) {
        for (Map.Entry<UUID, Long> each : other.numbers.entrySet()) {
            if (of(each.getKey()) < each.getValue() && !each.getKey().equals(origin)) {
                return false;
            }
        }
        return true;
    }

    /** The same coverage with an origin covered up to {@code seq} at least. */
    public Coverage with(UUID origin, long seq) {
        return of(origin) >= seq ? this : set(origin, seq);
    }

    /** The same coverage with an origin covered up to exactly {@code seq}; 0 removes the origin. */
    public Coverage set(UUID origin, long seq) {
        SortedMap<UUID, Long> changed = new TreeMap<>(numbers);
        if (seq == 0) {
            changed.remove(origin);
        } else {
            changed.put(origin, seq);
        }
        return new Coverage(changed);
    }

    /** The union of both coverages. */
    public Coverage and(Coverage other) {
        if (covers(other)) {
            return this;
        }
        SortedMap<UUID, Long> both = new TreeMap<>(numbers);
        other.numbers.forEach((origin, seq) -> both.merge(origin, seq, Math::max));
        return new Coverage(both);
    }

    /** The same coverage with only the {@value #SHOWN_MAX} origins that started last. */
    public Coverage shown() {
        return latest(SHOWN_MAX);
    }

    /**
     * Whether this coverage includes all of {@code other}, except for numbers that are older than all of a
     * coverage with as many origins as a position may have.
     */
    public boolean coversShown(Coverage other) {
        long oldest = numbers.size() < SHOWN_MAX ? 0 : Collections.min(numbers.values());
        return other.numbers.entrySet().stream()
                .allMatch(each -> of(each.getKey()) >= each.getValue() || each.getValue() < oldest);
    }

    /** The same coverage with only the {@code most} origins that started last. */
    public Coverage latest(int most) {
        if (numbers.size() <= most) {
            return this;
        }
        SortedMap<UUID, Long> shown = new TreeMap<>();
        List<Map.Entry<UUID, Long>> latest = numbers.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder())).limit(most).toList();
        latest.forEach(each -> shown.put(each.getKey(), each.getValue()));
        return new Coverage(shown);
    }

    /** The encoded coverage, which can always be decoded. */
    public byte[] encode() {
        Map<UUID, Long> told = latest(ORIGINS_MAX).numbers;
        ByteBuffer out = ByteBuffer.allocate(1 + ORIGIN_BYTES * told.size()).put((byte) VERSION);
        told.forEach((origin, seq) -> out.putLong(origin.getMostSignificantBits())
                .putLong(origin.getLeastSignificantBits()).putLong(seq));
        return out.array();
    }

    /** The coverage in these bytes; empty when they are not a valid coverage. */
    public static Optional<Coverage> decode(byte[] bytes) {
        SortedMap<UUID, Long> numbers = new TreeMap<>();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            boolean good = in.get() == VERSION && in.remaining() <= ORIGIN_BYTES * ORIGINS_MAX;
            while (good && in.hasRemaining()) {
                good = numbers.put(new UUID(in.getLong(), in.getLong()), in.getLong()) == null;
            }
            return good && numbers.values().stream().allMatch(seq -> seq > 0)
                    ? Optional.of(new Coverage(numbers)) : Optional.empty();
        } catch (BufferUnderflowException tooShort) {
            return Optional.empty();
        }
    }

    /** The position that clients see. */
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(shown().encode());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Coverage coverage && numbers.equals(coverage.numbers);
    }

    @Override
    public int hashCode() {
        return numbers.hashCode();
    }

    @Override
    public String toString() {
        return numbers.toString();
    }
}
