package kvs.streams;

import kvs.documents.ClientPosition;

/**
 * A page of events as its clients get it; many streams may share it.
 *
 * @param text the events; empty for none; must not be modified
 * @param next the position after them
 * @param number the number of the last event that was examined
 * @param more whether there is more at once
 */
record StreamPage(byte[] text, ClientPosition next, long number, boolean more) {

    /** Whether the next page continues a scan of all keys: then the number does not tell its place. */
    boolean sweeps() {
        return next.place().flatMap(ClientPosition.RunPosition::sweep).isPresent();
    }
}
