package kvs.bundle;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.NeededVersion;
import kvs.model.Zone;
import kvs.tree.HashSum;

/**
 * The head of a bundle or a receipt, in the clear: between whom it travels, and what its maker covers of each
 * zone. It is drawn in {@link kvs.bundle}. Immutable; the arrays must not be modified.
 *
 * @param kind a bundle or a receipt
 * @param salt random, 16 bytes; all keys of the file depend on it
 * @param link id of the link between the two sites
 * @param from id of the maker's site
 * @param to id of the other site, {@link kvs.model.Version#NOBODY} while the maker does not know it
 * @param number number of the bundle, for people; of a receipt that of the bundle before it
 * @param madeMs time at which the state was taken, Unix ms
 * @param completeUntilMs time up to which all that can come to the maker is covered, Unix ms; 0 if unknown
 * @param origin life of the maker's directory
 * @param boot boot of that directory
 * @param zones the zones, accounts first
 */
public record BundleHead(Kind kind, byte[] salt, UUID link, UUID from, UUID to, long number, long madeMs,
        long completeUntilMs, UUID origin, long boot, List<ZoneState> zones) {

    /** The most zones in a file. */
    static final int ZONES_MAX = 64;
    /** The longest head, HMAC included, bytes. */
    static final int BYTES_MAX = 1 << 20;
    /** Bytes before the zones. */
    static final int FIXED_BYTES = 128;
    static final int SALT_BYTES = 16;
    static final int MAC_BYTES = 32;
    /** The format of the records that are written: {@link FrameEncoder}. */
    static final int RECORDS = 2;
    /** The format of the records of the first version: {@link kvs.log.ReplicatedVersion}. */
    static final int FIRST_RECORDS = 1;
    private static final byte[] MAGIC = {'K', 'V', 'S', 'B', 'N', 'D', ' ', '1'};
    private static final int SERIES = 7;

    /** The kind of a file. */
    public enum Kind {
        /** Versions, and a statement. */
        BUNDLE(1),
        /** A statement alone. */
        RECEIPT(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    /**
     * The state of a zone at the maker.
     *
     * @param zone the zone
     * @param base base of a delta; empty for a full bundle and for a receipt
     * @param coverage coverage of the maker
     * @param floors the highest numbers that the maker purged
     * @param digest digest of all entries that the maker has in the zone, 32 bytes
     * @param count their number, dead ones too
     */
    public record ZoneState(Zone zone, Optional<Coverage> base, Coverage coverage, Coverage floors,
            byte[] digest, long count) { }

    /** The form of the zone at that place, in a word. */
    public String form(int place) {
        return kind == Kind.RECEIPT ? "statement" : zones.get(place).base().isPresent() ? "delta" : "full";
    }

    /** The number of zones, from the first bytes of a head. */
    static int zones(ByteBuffer start) throws RejectedBundleException {
        if (!Arrays.equals(start.array(), 0, SERIES, MAGIC, 0, SERIES)) {
            throw RejectedBundleException.damaged("it does not begin like a bundle or a receipt");
        }
        if (start.get(SERIES) != MAGIC[SERIES]) {
            throw newer(NeededVersion.of(start.array()));
        }
        int zones = Short.toUnsignedInt(start.getShort(14));
        if (zones == 0 || zones > ZONES_MAX) {
            throw RejectedBundleException.damaged("it has " + zones + " zones");
        }
        return zones;
    }

    /** The format of the records in the body of the file of an encoded head. */
    static int records(byte[] head) {
        return head[13];
    }

    private static RejectedBundleException newer(String needs) {
        return new RejectedBundleException(RejectedBundleException.Cause.NEWER,
                "it was made by a newer version of KVS: install " + needs + " here first");
    }

    /** The bytes of the whole head, from its first bytes. */
    static int bytes(ByteBuffer start) throws RejectedBundleException {
        int bytes = start.getInt(8);
        if (bytes < FIXED_BYTES + MAC_BYTES || bytes > BYTES_MAX) {
            throw RejectedBundleException.damaged("its head has " + bytes + " bytes");
        }
        return bytes;
    }

    /**
     * The encoded head without its HMAC, whose bytes its length includes.
     *
     * @throws IOException when the zones have been covered by too many lives of directories
     */
    byte[] encode() throws IOException {
        List<byte[]> parts = new ArrayList<>();
        int bytes = FIXED_BYTES + MAC_BYTES;
        for (ZoneState state : zones) {
            byte[] part = encode(state);
            bytes += part.length;
            if (bytes > BYTES_MAX) {
                throw new IOException("the coverage of these zones is longer than a file may tell: divide"
                        + " them among several links");
            }
            parts.add(part);
        }
        ByteBuffer out = ByteBuffer.allocate(bytes - MAC_BYTES).put(MAGIC).putInt(bytes);
        out.put((byte) kind.code).put((byte) RECORDS).putShort((short) zones.size()).put(salt);
        id(id(id(out, link), from), to).putLong(number).putLong(madeMs).putLong(completeUntilMs);
        id(out, origin).putLong(boot);
        parts.forEach(out::put);
        return out.array();
    }

    private static byte[] encode(ZoneState state) {
        byte[] definition = state.zone.definition();
        byte[] base = state.base.map(Coverage::encode).orElse(new byte[0]);
        byte[] coverage = state.coverage.encode();
        byte[] floors = state.floors.encode();
        ByteBuffer out = ByteBuffer.allocate(16 + 4 * Integer.BYTES + definition.length + base.length
                + coverage.length + floors.length + HashSum.BYTES + Long.BYTES);
        id(out, state.zone.id());
        for (byte[] field : List.of(definition, base, coverage, floors)) {
            out.putInt(field.length).put(field);
        }
        return out.put(state.digest).putLong(state.count).array();
    }

    /** The head in these bytes, which are followed by its HMAC in the file. */
    static BundleHead decode(byte[] bytes) throws RejectedBundleException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int count = zones(in);
        try {
            if (in.get(13) > RECORDS) {
                throw newer(NeededVersion.of("records " + in.get(13)));
            }
            int kind = in.get(12);
            if (kind < 1 || kind > Kind.values().length || in.get(13) < FIRST_RECORDS) {
                throw RejectedBundleException.damaged("its head is malformed");
            }
            byte[] salt = Arrays.copyOfRange(bytes, 16, 16 + SALT_BYTES);
            in.position(FIXED_BYTES);
            List<ZoneState> zones = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                zones.add(zone(in));
            }
            Set<Zone> different = new HashSet<>();
            boolean ordered = zones.stream().skip(1).noneMatch(state -> state.zone.isAccounts());
            if (in.hasRemaining() || !ordered || !zones.stream().allMatch(z -> different.add(z.zone))) {
                throw RejectedBundleException.damaged("the zones in its head are malformed");
            }
            in.position(32);
            return new BundleHead(Kind.values()[kind - 1], salt, id(in), id(in), id(in), in.getLong(),
                    in.getLong(), in.getLong(), id(in), in.getLong(), zones);
        } catch (BufferUnderflowException e) {
            throw RejectedBundleException.damaged("its head is cut off");
        }
    }

    private static ZoneState zone(ByteBuffer in) throws RejectedBundleException {
        UUID id = id(in);
        Optional<Zone> zone = Zone.decode(field(in, Zone.DEFINITION_MAX));
        byte[] base = field(in, BYTES_MAX);
        Optional<Coverage> coverage = Coverage.decode(field(in, BYTES_MAX));
        Optional<Coverage> floors = Coverage.decode(field(in, BYTES_MAX));
        byte[] digest = new byte[HashSum.BYTES];
        in.get(digest);
        long count = in.getLong();
        Optional<Coverage> from = base.length == 0 ? Optional.empty() : Coverage.decode(base);
        if (zone.isEmpty() || !zone.get().id().equals(id) || coverage.isEmpty() || floors.isEmpty()
                || from.isPresent() != base.length > 0 || count < 0) {
            throw RejectedBundleException.damaged("a zone in its head is malformed");
        }
        return new ZoneState(zone.get(), from, coverage.get(), floors.get(), digest, count);
    }

    /** A field with its length before it, which is checked before its memory is taken. */
    private static byte[] field(ByteBuffer in, int most) throws RejectedBundleException {
        int length = in.getInt();
        if (length < 0 || length > Math.min(most, in.remaining())) {
            throw RejectedBundleException.damaged("a field of its head has " + length + " bytes");
        }
        byte[] field = new byte[length];
        in.get(field);
        return field;
    }

    private static ByteBuffer id(ByteBuffer out, UUID id) {
        return out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static UUID id(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }
}
