package kvs.transfer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An entry that {@code consul kv export} writes:
 * <pre>
 *   {"key":"a/b","flags":0,"value":"base64"}
 * </pre>
 *
 * @param renames the renames of keys
 */
record ConsulParser(PathRenames renames) implements EntryParser {

    /** One text, a list. */
    static final JsonElements.Shape SHAPE = new JsonElements.Shape("", false, "",
            (members, hasArray) -> Optional.of("this is not what consul kv export writes, which is a list"));

    @Override
    public ParsedEntry parse(byte[] entry) {
        JsonMembers members = JsonMembers.of(entry);
        String key = members.needed("key");
        List<EntryNote> notes = new ArrayList<>();
        if (members.set("flags")) {
            notes.add(EntryNote.FLAGS);
        }
        return BinaryEntryDecoder.entry(key.getBytes(StandardCharsets.UTF_8), members.base64("value"),
                notes, renames);
    }
}
