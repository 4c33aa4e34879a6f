package kvs.transfer;

import java.util.List;

/** Encodes the documents of an export in their order. One use, one thread. */
interface DocumentEncoder {

    /** The bytes before the first document. */
    default byte[] begin() {
        return new byte[0];
    }

    /** The bytes of a document. */
    byte[] encode(TransferItem.DocumentItem document);

    /** The bytes after the last document. */
    default byte[] end() {
        return new byte[0];
    }

    /** The differences between a document and its entry in the file. */
    default List<EntryNote> notes(TransferItem.DocumentItem document) {
        return List.of();
    }
}
