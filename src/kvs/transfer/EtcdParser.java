package kvs.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An entry that {@code etcdctl get --prefix "" -w json} writes (etcd 3; the field {@code value} is missing
 * when the value is empty, {@code lease} when there is none):
 * <pre>
 *   {"key":"base64","create_revision":2,"mod_revision":2,"version":1,"value":"base64","lease":7}
 * </pre>
 *
 * @param renames the renames of keys
 */
record EtcdParser(PathRenames renames) implements EntryParser {

    /** Texts with the entries in their field {@code kvs}, which is missing when there are none. */
    static final JsonElements.Shape SHAPE = new JsonElements.Shape("kvs", false, "", EtcdParser::fault);

    private static Optional<String> fault(Map<String, String> members, boolean hasArray) {
        if (!hasArray && !members.containsKey("header")) {
            return Optional.of("this is not what etcdctl get -w json writes: there is no field 'kvs'");
        }
        return "true".equals(members.get("more"))
                ? Optional.of("the file is only a part: etcd says that more keys follow. Leave out --limit,"
                        + " or append the next parts")
                : Optional.empty();
    }

    @Override
    public ParsedEntry parse(byte[] entry) {
        JsonMembers members = JsonMembers.of(entry);
        members.needed("key");
        byte[] key = members.base64("key");
        byte[] value = members.base64("value");
        List<EntryNote> notes = new ArrayList<>();
        if (members.set("lease")) {
            notes.add(EntryNote.LEASE);
        }
        return BinaryEntryDecoder.entry(key, value, notes, renames);
    }
}
