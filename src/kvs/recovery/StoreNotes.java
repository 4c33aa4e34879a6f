package kvs.recovery;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import kvs.model.Coverage;

/**
 * The notes of a directory: small values of bytes under names, beside the keys; the last note of a name
 * counts. They are records of the log, so they hold exactly when the versions of their group do. Immutable.
 *
 * <pre>
 *   covered/ORIGIN   u64: this directory's {@link Coverage} of that origin; of its own origin only numbers
 *                    that are older than its boots
 *   floor/ORIGIN     u64: the highest number of that origin that was purged here
 *   floor-time       u64: the latest expiry that was purged here, Unix ms
 * </pre>
 * Those of zones are drawn in {@link ZoneNotes}. The other names belong to their writers.
 */
public final class StoreNotes {

    /** No notes. */
    public static final StoreNotes NONE =
            new StoreNotes(Map.of(), Coverage.NONE, Coverage.NONE, ZoneNotes.NONE);
    public static final String COVERED = "covered/";
    public static final String FLOOR = "floor/";
    public static final String FLOOR_TIME = "floor-time";
    /** The note with the id under which the directory was opened by a node. */
    public static final String NODE = "node";
    /** The most bytes of a note: name and body. */
    public static final int BYTES_MAX = 1 << 16;
    /** The approximate bytes of a note with a number. */
    public static final int NUMBER_BYTES = 100;

    private final Map<String, byte[]> noted;
    private final Coverage covered;
    private final Coverage floor;
    private final ZoneNotes zones;

    private StoreNotes(Map<String, byte[]> noted, Coverage covered, Coverage floor, ZoneNotes zones) {
        this.zones = zones;
        this.noted = Collections.unmodifiableMap(noted);
        this.covered = covered;
        this.floor = floor;
    }

    /** The body of a note; must not be modified. */
    public Optional<byte[]> find(String name) {
        return Optional.ofNullable(noted.get(name));
    }

    /** The number in a note. */
    public Optional<Long> number(String name) {
        return find(name).filter(body -> body.length == Long.BYTES)
                .map(body -> ByteBuffer.wrap(body).getLong());
    }

    /** All notes by name. */
    public Map<String, byte[]> all() {
        return noted;
    }

    /** The noted coverage. */
    public Coverage covered() {
        return covered;
    }

    /**
     * The highest numbers that were purged here, by origin: a node with less coverage may have missed a
     * version that is gone without a trace.
     */
    public Coverage floor() {
        return floor;
    }

    /** The zones of this site, and what was purged of each. */
    public ZoneNotes zones() {
        return zones;
    }

    /** The latest expiry that was purged here, Unix ms, 0 for none. */
    public long floorMs() {
        return number(FLOOR_TIME).orElse(0L);
    }

    /** The same notes with another one; an empty body removes the note. */
    public StoreNotes with(String name, byte[] body) {
        Map<String, byte[]> next = new TreeMap<>(noted);
        if (body.length == 0) {
            next.remove(name);
        } else {
            next.put(name, body);
        }
        return new StoreNotes(next, changed(covered, COVERED, name, body), changed(floor, FLOOR, name, body),
                zones.with(name, body));
    }

    /** Whether the notes are equal. */
    boolean same(StoreNotes other) {
        return noted.keySet().equals(other.noted.keySet()) && noted.entrySet().stream()
                .allMatch(note -> Arrays.equals(note.getValue(), other.noted.get(note.getKey())));
    }

    private static Coverage changed(Coverage before, String prefix, String name, byte[] body) {
        if (!name.startsWith(prefix)) {
            return before;
        }
        UUID origin = UUID.fromString(name.substring(prefix.length()));
        return before.set(origin, body.length == 0 ? 0 : ByteBuffer.wrap(body).getLong());
    }

    /** The body of a note with a number. */
    public static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
