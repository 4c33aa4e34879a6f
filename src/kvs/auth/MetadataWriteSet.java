package kvs.auth;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.Transaction;

/**
 * The records of metadata that one change writes and removes, in one transaction. Confined to the writer's
 * thread.
 */
final class MetadataWriteSet {

    /** The records to write; an empty one is removed. */
    private final Map<Key, Optional<byte[]>> records = new LinkedHashMap<>();
    private boolean recent;

    /** Writes a record. */
    void put(MetadataKey slot, Metadata metadata) {
        put(slot, StoredMetadata.encode(metadata, slot.kind(), false));
    }

    /**
     * Withdraws metadata that a user set by the previous version, whose one record on a path is not theirs
     * alone to remove.
     */
    void take(MetadataKey slot, Metadata metadata) {
        put(slot, StoredMetadata.encode(metadata, slot.kind(), true));
    }

    private void put(MetadataKey slot, byte[] json) {
        Key key = slot.key().orElseThrow(() ->
                new Refusal(Reason.BAD_KEY, "the path is too long to have metadata"));
        records.put(key, Optional.of(json));
        recent |= slot.kind() != MetadataKey.Kind.ADMINISTRATORS;
    }

    /** Removes a record. */
    void remove(MetadataKey slot) {
        slot.key().ifPresent(key -> records.put(key, Optional.empty()));
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    /**
     * Makes the changes.
     *
     * @throws Refusal {@code OLDER_MEMBERS} while a member of the cluster could not read a record
     */
    void run(Transaction tx, AccountTransactions transactions, Principal author,
            MetadataFormatGate readers) {
        if (recent && !readers.all()) {
            List<String> older = readers.older();
            throw new Refusal(Reason.OLDER_MEMBERS, older.isEmpty()
                    ? "this node does not know yet if all members can read this"
                            + " metadata; try again"
                    : "members with an older version cannot read this metadata; upgrade them first: "
                            + String.join(", ", older)).with("members", older);
        }
        records.forEach((key, json) -> {
            if (json.isPresent()) {
                transactions.put(tx, key, json.get(), author);
            } else {
                transactions.remove(tx, key, author);
            }
        });
    }
}
