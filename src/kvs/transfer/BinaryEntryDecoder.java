package kvs.transfer;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import kvs.model.Refusal;

/** A decoder of the entries of stores in which keys and values are bytes. */
final class BinaryEntryDecoder {

    private BinaryEntryDecoder() { }

    /**
     * The entry of a store whose keys and values are bytes.
     *
     * @throws Refusal when there cannot be such a key
     */
    static ParsedEntry entry(byte[] key, byte[] value, List<EntryNote> notes, PathRenames renames) {
        String path = ForeignValue.text(key).orElseThrow(() -> JsonMembers.bad(
                "the key is not UTF-8: in base64 " + Base64.getEncoder().encodeToString(key)));
        if (path.endsWith("/") && value.length == 0) {
            return ParsedEntry.leftOut(path, EntryNote.FOLDER);
        }
        ForeignValue document = ForeignValue.decode(value);
        document.note().ifPresent(notes::add);
        return new ParsedEntry(path, Optional.of(new TransferItem.DocumentItem(renames.key(path),
                document.json(), 0)), notes, false);
    }
}
