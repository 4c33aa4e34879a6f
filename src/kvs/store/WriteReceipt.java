package kvs.store;

import java.util.UUID;

/**
 * The result of a write; valid once {@link Write#written} was called.
 *
 * @param uuid id of the version
 * @param timestamp Unix ms
 * @param expires Unix ms, {@link kvs.model.Version#FOREVER} for never
 * @param seq number of its record in the log of this directory
 * @param created whether no living value existed before
 */
public record WriteReceipt(UUID uuid, long timestamp, long expires, long seq, boolean created) { }
