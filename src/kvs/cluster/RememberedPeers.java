package kvs.cluster;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.recovery.StoreNotes;
import kvs.store.Restamp;

/** The other nodes that the directory of a stopped node remembers. */
public final class RememberedPeers implements Restamp.PeerKnowledge {

    private final List<PeerContact.LastEqual> equal;

    /** The nodes in these notes. */
    public RememberedPeers(StoreNotes notes) {
        this.equal = notes.all().entrySet().stream()
                .filter(note -> note.getKey().startsWith(PeerContact.NOTE_PREFIX)
                        && note.getValue().length > 0)
                .map(note -> PeerContact.equal(UUID.fromString(note.getKey()
                        .substring(PeerContact.NOTE_PREFIX.length())), note.getValue())).toList();
    }

    /** The reason why a node with these notes cannot merge files of other sites; empty when it can. */
    public static Optional<String> mergeObstacle(StoreNotes notes) {
        return new RememberedPeers(notes).any() ? Optional.of("the node is a member of a cluster, and this"
                + " version merges only where a site is one node") : Optional.empty();
    }

    @Override
    public boolean any() {
        return !equal.isEmpty();
    }

    @Override
    public boolean held(long seq) {
        return equal.stream()
                .anyMatch(then -> !then.equals(PeerContact.LastEqual.NEVER) && then.seq() >= seq);
    }
}
