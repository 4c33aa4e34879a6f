package kvs.transfer;

import java.util.List;
import java.util.Optional;

/**
 * The content of an entry of a file.
 *
 * @param path the key of the entry as the file has it
 * @param item the item; empty when the notes tell why there is none
 * @param notes the differences between entry and item
 * @param replaces whether the item takes the place of the item before it, which has the same key
 */
record ParsedEntry(String path, Optional<TransferItem> item, List<EntryNote> notes, boolean replaces) {

    /** An entry that is an item without any difference. */
    static ParsedEntry of(TransferItem item) {
        return new ParsedEntry("", Optional.of(item), List.of(), false);
    }

    /** An entry that is not imported. */
    static ParsedEntry leftOut(String path, EntryNote why) {
        return new ParsedEntry(path, Optional.empty(), List.of(why), false);
    }
}
