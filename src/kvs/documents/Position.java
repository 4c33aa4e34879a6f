package kvs.documents;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Coverage;

/**
 * How far somebody has come in what this cluster has written. It means the same on every node: whoever covers it has what its owner has seen. The
 * stretch within one run of one node is a short cut for that run, all others do without.
 *
 * <pre>
 *   text   base64url of: u8 version = 1, u64 ms, u16 bytes, coverage ({@link Coverage}), u8 place
 *          place 1 and 2: run(16), u64 number
 *          place 2: u64 ms, u16 bytes, coverage, then the sealed key
 * </pre>
 * Never change it: clients keep positions.
 *
 * @param covered all versions that were told, or beaten by such
 * @param wallMs up to when expiries were told, Unix ms
 * @param place where the run that made it goes on
 */
public record Position(Coverage covered, long wallMs, Optional<RunPosition> place) {

    private static final int VERSION = 1;
    /** Bytes beside coverages and key. */
    private static final int FIXED_MAX = 1 + 8 + 2 + 1 + 16 + 8 + 8 + 2;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    /** Characters of the longest one: two coverages and a key. */
    static final int TEXT_MAX = 10_000;

    /**
     * A place in what one run of one node has seen.
     *
     * @param run id of the run
     * @param number of the last event that was told
     * @param sweep what is to be told before that
     */
    public record RunPosition(UUID run, long number, Optional<Sweep> sweep) { }

    /**
     * All keys are looked through in order.
     *
     * @param covered what is covered when this is over
     * @param wallMs up to when expiries are told then, Unix ms
     * @param key where to go on, sealed by the run: its reader may not be allowed to see it
     */
    public record Sweep(Coverage covered, long wallMs, byte[] key) { }

    /** In the form in which clients keep it. */
    public String text() {
        byte[] told = covered.shown().encode();
        int swept = place.flatMap(RunPosition::sweep).map(sweep -> sweep.covered.shown().encode().length + sweep.key.length).orElse(0);
        ByteBuffer out = ByteBuffer.allocate(FIXED_MAX + told.length + swept);
        out.put((byte) VERSION).putLong(wallMs).putShort((short) told.length).put(told);
        out.put((byte) (place.isEmpty() ? 0 : place.get().sweep.isEmpty() ? 1 : 2));
        place.ifPresent(at -> {
            out.putLong(at.run.getMostSignificantBits()).putLong(at.run.getLeastSignificantBits()).putLong(at.number);
            at.sweep.ifPresent(sweep -> {
                byte[] then = sweep.covered.shown().encode();
                out.putLong(sweep.wallMs).putShort((short) then.length).put(then).put(sweep.key);
            });
        });
        return ENCODER.encodeToString(Arrays.copyOf(out.array(), out.position()));
    }

    /** The position in a text; empty when it is none. */
    public static Optional<Position> parse(String text) {
        try {
            ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.length() > TEXT_MAX ? "" : text));
            if (in.get() != VERSION) {
                return Optional.empty();
            }
            long wallMs = in.getLong();
            Coverage covered = coverage(in);
            int kind = in.get();
            Optional<RunPosition> place = Optional.empty();
            if (kind == 1 || kind == 2) {
                UUID run = new UUID(in.getLong(), in.getLong());
                place = Optional.of(new RunPosition(run, in.getLong(), kind == 2 ? Optional.of(sweep(in)) : Optional.empty()));
            }
            boolean possible = kind >= 0 && kind <= 2 && !in.hasRemaining() && wallMs >= 0 && place.filter(at -> at.number < 0).isEmpty();
            return possible ? Optional.of(new Position(covered, wallMs, place)) : Optional.empty();
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static Sweep sweep(ByteBuffer in) {
        long wallMs = in.getLong();
        Coverage covered = coverage(in);
        byte[] key = new byte[in.remaining()];
        in.get(key);
        return new Sweep(covered, wallMs, key);
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
