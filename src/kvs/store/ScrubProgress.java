package kvs.store;

/**
 * The progress of a scrub.
 *
 * @param running whether it is running
 * @param keys keys in the index when it began
 * @param checkedKeys keys checked so far
 * @param checkedBytes bytes of their records, older versions included
 * @param unreadable unreadable versions so far
 * @param startedMs start, Unix ms, 0 for never
 * @param finishedMs end, Unix ms, 0 while it is running
 */
public record ScrubProgress(boolean running, long keys, long checkedKeys, long checkedBytes, long unreadable,
        long startedMs, long finishedMs) { }
