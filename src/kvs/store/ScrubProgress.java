package kvs.store;

/**
 * How far the reading of everything is.
 *
 * @param running whether it is under way
 * @param keys in the index when it began
 * @param checkedKeys so far
 * @param checkedBytes of their records, older versions included
 * @param unreadable versions so far
 * @param startedMs when it began, Unix ms, 0 for never
 * @param finishedMs when it ended, Unix ms, 0 while it has not
 */
public record ScrubProgress(boolean running, long keys, long checkedKeys, long checkedBytes, long unreadable, long startedMs, long finishedMs) { }
