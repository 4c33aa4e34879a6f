package kvs.store;

import java.util.UUID;

/**
 * What a write became; it holds once {@link Write#written} was called.
 *
 * @param uuid id of the version
 * @param timestamp Unix ms
 * @param expires Unix ms, {@link kvs.model.Version#FOREVER} for never
 * @param seq number of its record in the log of this directory
 * @param created whether nothing living was there before
 */
public record WriteReceipt(UUID uuid, long timestamp, long expires, long seq, boolean created) { }
