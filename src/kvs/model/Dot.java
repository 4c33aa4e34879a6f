package kvs.model;

import java.util.UUID;

/**
 * The identity of a write: the origin, which is one life of a data directory, and the sequence number among
 * the records of that origin.
 *
 * @param origin random id of the directory's life, new after a restore or a copy
 * @param seq {@link SequenceNumbers} of the record
 */
public record Dot(UUID origin, long seq) { }
