package kvs.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * The entries of a file one after the other, in bounded memory for any input. A position is the end of an
 * entry: its bytes, its number, and the checksum of all bytes before it. One thread.
 */
interface EntryReader extends Closeable {

    /** Advances to the next entry; false at the end. */
    boolean next() throws IOException;

    /** The bytes of the entry; undefined when it has a {@link #fault}. */
    byte[] bytes();

    /** The reason why the entry cannot be read: it was skipped, not kept. */
    Optional<String> fault();

    /** The number of the entry, from 1. */
    long number();

    /** The place of the entry, for people. */
    String where();

    /** Bytes of the stream up to the end of the entry. */
    long offset();

    /** CRC32C of those bytes. */
    long crc();

    /**
     * Skips everything up to a position, at the start only, and continues behind it; false when the bytes
     * differ from those that had it.
     */
    boolean skip(ImportProgress.FileOffset mark) throws IOException;
}
