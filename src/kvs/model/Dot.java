package kvs.model;

import java.util.UUID;

/**
 * Where a version was written: the life of a data directory, and the number among that origin's own records.
 *
 * @param origin random id of the directory's life, new after a restore or a copy
 * @param seq {@link SequenceNumber} number
 */
public record Dot(UUID origin, long seq) { }
