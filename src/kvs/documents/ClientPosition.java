package kvs.documents;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Coverage;

/**
 * The progress of a client through the writes of this cluster. It means the same on every node: a node that
 * covers it has all that the client has seen. The place within one run of one node is a short cut for that
 * run; all others ignore it.
 *
 * <pre>
 *   text   base64url of: u8 version = 1, u64 ms, u16 bytes, coverage ({@link Coverage}), u8 place
 *          place 1 and 2: run(16), u64 number
 *          place 2: u64 ms, u16 bytes, coverage, then the sealed key
 * </pre>
 * Never change it: clients keep positions.
 *
 * @param covered all versions that were reported, or superseded by reported ones
 * @param wallMs the end of the reported expiries, Unix ms
 * @param place the place at which the run that made it continues
 */
public record ClientPosition(Coverage covered, long wallMs, Optional<RunPosition> place) {

    private static final int VERSION = 1;
    /** Bytes beside coverages and key. */
    private static final int FIXED_MAX = 1 + 8 + 2 + 1 + 16 + 8 + 8 + 2;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    /** Maximum characters: two coverages and a key. */
    static final int TEXT_MAX = 10_000;

    /**
     * A place in the events of one run of one node.
     *
     * @param run id of the run
     * @param number number of the last reported event
     * @param sweep the sweep that is reported before the next events
     */
    public record RunPosition(UUID run, long number, Optional<ScanProgress> sweep) { }

    /**
     * A scan of all keys in order.
     *
     * @param covered the coverage at the end of the scan
     * @param wallMs the end of the reported expiries then, Unix ms
     * @param key the key at which it continues, sealed by the run: its reader may not be allowed to see it
     */
    public record ScanProgress(Coverage covered, long wallMs, byte[] key) { }

    /** The position as clients keep it. */
    public String text() {
        byte[] told = covered.shown().encode();
        int swept = place.flatMap(RunPosition::sweep)
                .map(sweep -> sweep.covered.shown().encode().length + sweep.key.length).orElse(0);
        ByteBuffer out = ByteBuffer.allocate(FIXED_MAX + told.length + swept);
        out.put((byte) VERSION).putLong(wallMs).putShort((short) told.length).put(told);
        out.put((byte) (place.isEmpty() ? 0 : place.get().sweep.isEmpty() ? 1 : 2));
        place.ifPresent(at -> {
            out.putLong(at.run.getMostSignificantBits()).putLong(at.run.getLeastSignificantBits())
                    .putLong(at.number);
            at.sweep.ifPresent(sweep -> {
                byte[] then = sweep.covered.shown().encode();
                out.putLong(sweep.wallMs).putShort((short) then.length).put(then).put(sweep.key);
            });
        });
        return ENCODER.encodeToString(Arrays.copyOf(out.array(), out.position()));
    }

    /** Parses a position; empty when the text is none. */
    public static Optional<ClientPosition> parse(String text) {
        try {
            ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder()
                    .decode(text.length() > TEXT_MAX ? "" : text));
            if (in.get() != VERSION) {
                return Optional.empty();
            }
            long wallMs = in.getLong();
            Coverage covered = coverage(in);
            int kind = in.get();
            Optional<RunPosition> place = Optional.empty();
            if (kind == 1 || kind == 2) {
                UUID run = new UUID(in.getLong(), in.getLong());
                place = Optional.of(new RunPosition(run, in.getLong(),
                        kind == 2 ? Optional.of(sweep(in)) : Optional.empty()));
            }
            boolean possible = kind >= 0 && kind <= 2 && !in.hasRemaining() && wallMs >= 0
                    && place.filter(at -> at.number < 0).isEmpty();
            return possible ? Optional.of(new ClientPosition(covered, wallMs, place)) : Optional.empty();
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static ScanProgress sweep(ByteBuffer in) {
        long wallMs = in.getLong();
        Coverage covered = coverage(in);
        byte[] key = new byte[in.remaining()];
        in.get(key);
        return new ScanProgress(covered, wallMs, key);
    }

    private static Coverage coverage(ByteBuffer in) {
        int length = Short.toUnsignedInt(in.getShort());
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return Coverage.decode(bytes).orElseThrow(() -> new IllegalArgumentException("no coverage"));
    }
}
