package kvs.json;

import java.util.Arrays;

/**
 * The names of one object, stored as the places of their opening quotes, to find a duplicate. The first few
 * names are compared one by one on arrival; many are sorted once the object is complete. This takes eight
 * bytes a name, while a set of their texts takes more than ten times the object (a body of 32 MiB with four
 * million names exhausted a heap of 256 MiB), and no choice of names makes it slower. For one thread.
 */
final class DuplicateNameDetector {

    /** Number of names that are compared one by one. */
    private static final int FEW = 8;
    static final int NONE = -1;

    private final byte[] bytes;
    private int[] places = new int[FEW];
    private int count;

    DuplicateNameDetector(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Appends the name at a place; false if it duplicates one of the first few. */
    boolean add(int place) {
        for (int i = 0; count < FEW && i < count; i++) {
            if (JsonStringDecoder.compare(bytes, places[i], place) == 0) {
                return false;
            }
        }
        if (count == places.length) {
            places = Arrays.copyOf(places, 2 * count);
        }
        places[count++] = place;
        return true;
    }

    /** The first place of a duplicate name, once all names have been added, or {@value #NONE}. */
    int again() {
        if (count <= FEW) {
            return NONE;
        }
        int[] sorted = sorted();
        int first = NONE;
        for (int i = 1; i < count; i++) {
            boolean equal = JsonStringDecoder.compare(bytes, sorted[i - 1], sorted[i]) == 0;
            first = equal && (first == NONE || sorted[i] < first) ? sorted[i] : first;
        }
        return first;
    }

    /** Merges runs of growing length; equal names keep their order. */
    private int[] sorted() {
        int[] from = places;
        int[] to = new int[count];
        for (int run = 1; run < count; run = run > count / 2 ? count : 2 * run) {
            for (int start = 0; start < count; start += 2 * run) {
                merge(from, to, start, Math.min(run, count - start));
            }
            int[] done = to;
            to = from;
            from = done;
        }
        return from;
    }

    private void merge(int[] from, int[] to, int start, int run) {
        int left = start;
        int middle = start + run;
        int right = middle;
        int end = Math.min(count, middle + run);
        for (int at = start; at < end; at++) {
            boolean takesLeft = right >= end
                    || left < middle && JsonStringDecoder.compare(bytes, from[left], from[right]) <= 0;
            to[at] = takesLeft ? from[left++] : from[right++];
        }
    }
}
