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

    /**
     * The reason why files of other sites cannot be merged into a stopped node with these notes; empty when
     * they can. If its directory is an old copy, only a running node finds out.
     */
    public static Optional<String> mergeObstacle(StoreNotes notes) {
        return new RememberedPeers(notes).any() ? Optional.of("the node is a member of a cluster: start it,"
                + " and merge while it runs") : Optional.empty();
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
