package kvs.documents;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of the last events of some kind, each with an increasing number. Under load tens of thousands of
 * them are kept for seconds: as objects each would be copied by several young collections, which was most of
 * their pauses. So they are packed into a few arrays, which are reused. For one thread.
 */
public final class RecentKeys {

    /** Events that are packed together, and forgotten together. */
    private static final int BLOCK = 1 << 10;
    private static final int KEY_BYTES = 32;
    /** Bound on long keys: no block is begun beyond it, so fewer are kept; a block has 4 MiB at most. */
    private static final long BYTES_MAX = 16 << 20;

    private final int wanted;
    /** Oldest first; all but the last are full. */
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();
    private long floor;

    /**
     * An event.
     *
     * @param key a copy
     * @param mark as given to {@link #add}
     */
    public record RecentEvent(long number, byte[] key, long mark) { }

    /** A block of events: their numbers, and the end of the key of each in {@code bytes}. */
    private static final class Block {
        private final long[] numbers = new long[BLOCK];
        private final int[] ends = new int[BLOCK];
        private final long[] marks = new long[BLOCK];
        /** Grows with what keys need. */
        private byte[] bytes = new byte[BLOCK * KEY_BYTES];
        private int count;

        private void add(long number, byte[] key, long mark) {
            int start = end(count - 1);
            int end = start + key.length;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            System.arraycopy(key, 0, bytes, start, key.length);
            numbers[count] = number;
            marks[count] = mark;
            ends[count++] = end;
        }

        private int end(int index) {
            return index < 0 ? 0 : ends[index];
        }

        private long last() {
            return numbers[count - 1];
        }

        /** The index of the first event after {@code number}. */
        private int after(long number) {
            int found = Arrays.binarySearch(numbers, 0, count, number);
            return found < 0 ? -found - 1 : found + 1;
        }

        private RecentEvent item(int index) {
            return new RecentEvent(numbers[index], Arrays.copyOfRange(bytes, end(index - 1), ends[index]),
                    marks[index]);
        }
    }

    /**
     * Keeps the last {@code wanted} events, or a few more, of those after the number {@code floor}; fewer
     * when their keys are long.
     */
    public RecentKeys(int wanted, long floor) {
        this.wanted = wanted;
        this.floor = floor;
    }

    /** Adds the event with the next number; {@code mark} is returned with it. */
    public void add(long number, byte[] key, long mark) {
        if (blocks.isEmpty() || blocks.getLast().count == BLOCK) {
            blocks.add(next());
        }
        blocks.getLast().add(number, key, mark);
    }

    private Block next() {
        while (blocks.stream().mapToLong(block -> block.bytes.length).sum() > BYTES_MAX) {
            forget();
        }
        return (blocks.size() - 1) * BLOCK < wanted ? new Block() : forget();
    }

    /** Forgets the oldest events; returns their block, empty. */
    private Block forget() {
        Block oldest = blocks.remove();
        floor = oldest.last();
        oldest.count = 0;
        return oldest;
    }

    /** The number above which every event is kept. */
    public long floor() {
        return floor;
    }

    /** The first {@code limit} kept events above a number, oldest first. */
    public List<RecentEvent> after(long number, int limit) {
        List<RecentEvent> items = new ArrayList<>();
        for (Block block : blocks) {
            for (int i = block.after(number); i < block.count && items.size() < limit; i++) {
                items.add(block.item(i));
            }
        }
        return items;
    }
}
