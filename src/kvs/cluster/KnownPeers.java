package kvs.cluster;

import java.util.List;
import java.util.UUID;
import kvs.store.Notes;
import kvs.store.Restamp;

/** The other nodes that the directory of a stopped one remembers. */
public final class KnownPeers implements Restamp.Peers {

    private final List<Contacts.Equal> equal;

    /** Those that are noted. */
    public KnownPeers(Notes notes) {
        this.equal = notes.all().entrySet().stream().filter(note -> note.getKey().startsWith(Contacts.PREFIX) && note.getValue().length > 0)
                .map(note -> Contacts.equal(UUID.fromString(note.getKey().substring(Contacts.PREFIX.length())), note.getValue())).toList();
    }

    @Override
    public boolean any() {
        return !equal.isEmpty();
    }

    @Override
    public boolean held(long seq) {
        return equal.stream().anyMatch(then -> !then.equals(Contacts.Equal.NEVER) && then.seq() >= seq);
    }
}
