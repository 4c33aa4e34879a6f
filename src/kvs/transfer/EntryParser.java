package kvs.transfer;

/** Parses the entries of a file in their order. One thread. */
@FunctionalInterface
interface EntryParser {

    /**
     * Parses an entry.
     *
     * @throws kvs.model.Refusal with the reason why the entry cannot be imported
     */
    ParsedEntry parse(byte[] entry);
}
