package kvs.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kvs.world.Dice;

/**
 * The bytes of a file in a {@link SimDisk}: what survives a power cut, and what was written since. Guarded by
 * the disk's lock.
 */
final class SimFile {

    private static final int SECTOR = 512;

    private byte[] durable = {};
    private byte[] bytes = {};
    private int size;
    private final List<Change> unsynced = new ArrayList<>();

    /** A write, or a cut when {@code data} is absent. */
    private record Change(int position, byte[] data) {

        boolean cut() {
            return data.length == 0;
        }
    }

    SimFile() { }

    private SimFile(byte[] content) {
        durable = content;
        bytes = content.clone();
        size = content.length;
    }

    /** A file with durable content. */
    static SimFile of(byte[] content) {
        return new SimFile(content.clone());
    }

    int size() {
        return size;
    }

    byte[] content() {
        return Arrays.copyOf(bytes, size);
    }

    int read(ByteBuffer into, long position) {
        int count = (int) Math.max(0, Math.min(into.remaining(), size - position));
        if (count > 0) {
            into.put(bytes, (int) position, count);
        }
        return count;
    }

    void write(byte[] data, long position) {
        bytes = apply(bytes, (int) position, data);
        size = Math.max(size, (int) position + data.length);
        if (data.length > 0) {
            unsynced.add(new Change((int) position, data));
        }
    }

    void truncate(long to) {
        if (to < size) {
            Arrays.fill(bytes, (int) to, size, (byte) 0);
            size = (int) to;
            unsynced.add(new Change((int) to, new byte[0]));
        }
    }

    /** All of it survives from now on. */
    void sync() {
        durable = content();
        unsynced.clear();
    }

    /**
     * A failed fsync: the system forgets which pages are dirty. Each write may have reached the disk or not,
     * and a later fsync that succeeds says nothing about them; readers go on seeing what is in memory.
     */
    void syncFailed(Dice dice) {
        durable = survivor(dice);
        unsynced.clear();
    }

    SimFile copy() {
        SimFile copy = new SimFile(content());
        copy.durable = durable.clone();
        copy.unsynced.addAll(unsynced);
        return copy;
    }

    void flip(int offset, int mask) {
        bytes[offset] ^= (byte) mask;
        if (offset < durable.length) {
            durable[offset] ^= (byte) mask;
        }
    }

    /**
     * One of the contents that a power cut may leave: each write since the last fsync whole, torn or lost, in
     * any combination.
     */
    byte[] survivor(Dice dice) {
        int style = dice.below(4);
        byte[] left = durable.clone();
        int length = left.length;
        for (Change change : unsynced) {
            if (style == 0 || style == 3 && dice.below(2) == 0) {
                continue;
            }
            if (change.cut()) {
                length = Math.min(length, change.position);
                left = Arrays.copyOf(left, length);
                continue;
            }
            byte[] data = style == 1 ? change.data : torn(change, left, dice);
            left = grown(left, change.position + data.length);
            System.arraycopy(data, 0, left, change.position, data.length);
            length = left.length;
        }
        return left;
    }

    /**
     * A part of a write: its beginning, or any sectors of it. Where the file was long enough before, a disk
     * writes whole sectors; where it grew, the length may end anywhere.
     */
    private static byte[] torn(Change change, byte[] before, Dice dice) {
        int bytes = change.data.length;
        if (dice.below(2) == 0) {
            return Arrays.copyOf(change.data,
                    prefix(change.position, bytes, before.length, dice.below(bytes + 1)));
        }
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; ) {
            int end = Math.min(bytes, ((change.position + i) / SECTOR + 1) * SECTOR - change.position);
            boolean kept = dice.below(2) == 0;
            for (; i < end; i++) {
                int at = change.position + i;
                data[i] = kept ? change.data[i] : at < before.length ? before[at] : 0;
            }
        }
        return data;
    }

    /** How many bytes at least of a write are written when the disk stops after {@code wanted}. */
    static int prefix(int position, int bytes, int before, int wanted) {
        if (position + bytes > before || wanted == bytes) {
            return wanted;
        }
        return Math.max(0, (position + wanted) / SECTOR * SECTOR - position);
    }

    private static byte[] apply(byte[] to, int position, byte[] data) {
        byte[] buffer = position + data.length <= to.length ? to
                : Arrays.copyOf(to, Math.max(position + data.length, 2 * to.length));
        System.arraycopy(data, 0, buffer, position, data.length);
        return buffer;
    }

    private static byte[] grown(byte[] content, int bytes) {
        return bytes <= content.length ? content : Arrays.copyOf(content, bytes);
    }
}
