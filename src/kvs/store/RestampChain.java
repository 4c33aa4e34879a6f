package kvs.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import kvs.log.BadRecordException;
import kvs.log.DocumentCodec;
import kvs.log.EncodedDocument;
import kvs.log.Manifest;
import kvs.log.Record;
import kvs.log.Segment;
import kvs.log.VersionChain;
import kvs.model.Dot;
import kvs.model.MergeRule;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.tree.Entry;

/**
 * The versions of a key, the oldest first, of which the newest ones are restamped:
 * <pre>
 *   before   v1 (right)  v2 (ahead)  v3 (ahead)
 *   the log  purge of everything up to v3, v1, v2', v3'     in one group
 *   after    v1 (right)  v2' (now)   v3' (now + 1)
 * </pre>
 * A replay orders a key's records by rank, so without the purge v3 would win again; older versions that stay
 * are written again after the purge, which would remove them too. Compaction keeps the order of records, and
 * with it this result. For one transaction of the writer.
 */
final class RestampChain {

    /** The most bytes of older versions that are kept: those of a key are in memory. */
    private static final long BYTES_MAX = 32 << 20;

    private final Transaction tx;
    /** The versions with their documents inflated; the last one is the present one. */
    private final List<ChainVersion> links;
    /** The index of the first version to restamp; all later ones are restamped too. */
    private int first;

    /** A version, its document, and its number in the log. */
    private record ChainVersion(Version version, EncodedDocument document, long seq) { }

    private RestampChain(Transaction tx, List<ChainVersion> links) {
        this.tx = tx;
        this.links = links;
        this.first = links.size();
    }

    /** The chain of a key in the index. Older versions that are unreadable are left out. */
    static RestampChain of(Transaction tx, Entry entry, DocumentCodec codec) throws IOException {
        List<ChainVersion> links = new ArrayList<>();
        links.add(link(tx.group().record(entry), codec));
        long bytes = 0;
        for (int i = 0; i < VersionChain.count(entry.past()) && bytes < BYTES_MAX; i++) {
            try {
                ChainVersion older = link(tx.group().record(entry, i), codec);
                bytes += older.document.raw().length;
                if (links.stream().noneMatch(known -> known.version.uuid().equals(older.version.uuid()))) {
                    links.add(older);
                }
            } catch (BadRecordException damaged) {
                // The record stays unreadable, and the newer versions are here.
                bytes += VersionChain.bytes(entry.past(), i);
            }
        }
        links.sort(Comparator.comparing(link -> link.version.rank()));
        return new RestampChain(tx, links);
    }

    private static ChainVersion link(Record.Put put, DocumentCodec codec) throws IOException {
        Version whole = Segment.unpacked(put, codec);
        return new ChainVersion(whole, put.packed() ? new EncodedDocument(whole.data(), put.version().data())
                : EncodedDocument.plain(whole.data()), put.seq());
    }

    /**
     * The latest timestamp that other nodes accept, if their clocks are right within the permitted
     * difference.
     */
    static long latestAcceptedMs(long wallMs) {
        return wallMs + ReplicationRules.ARRIVAL_AHEAD_MS + ReplicationRules.CLOCK_AHEAD_MS;
    }

    private boolean ahead(Version version) {
        return version.timestamp() > tx.wallMs() + ReplicationRules.CLOCK_AHEAD_MS;
    }

    /**
     * The verdict for the present version; also decides how many versions before it are restamped.
     * {@code strangers}: other clocks were as wrong.
     */
    Restamp.Verdict judge(Restamp.PeerKnowledge peers, boolean strangers) {
        Restamp.Verdict present = judge(links.get(first - 1), peers, strangers);
        if (present != Restamp.Verdict.STAMPED) {
            return present;
        }
        while (first > 0 && ahead(links.get(first - 1).version)
                && judge(links.get(first - 1), peers, strangers) == Restamp.Verdict.STAMPED) {
            first--;
        }
        long stays = first > 0 ? links.get(first - 1).version.timestamp() : 0;
        boolean helps = stays <= latestAcceptedMs(tx.wallMs()) || ReplicationRules.early(
                links.get(links.size() - 1).version.timestamp(), tx.wallMs(), stays);
        return helps ? Restamp.Verdict.STAMPED : Restamp.Verdict.BOUND;
    }

    private Restamp.Verdict judge(ChainVersion link, Restamp.PeerKnowledge peers, boolean strangers) {
        if (!peers.any()) {
            return Restamp.Verdict.STAMPED;
        }
        UUID origin = tx.group().journal().manifest().origin();
        if (!link.version.dot().origin().equals(origin)) {
            return Restamp.Verdict.FOREIGN;
        }
        if (link.version.timestamp() <= latestAcceptedMs(tx.wallMs())) {
            return Restamp.Verdict.NEAR;
        }
        return strangers || peers.held(link.seq) ? Restamp.Verdict.TAKEN : Restamp.Verdict.STAMPED;
    }

    /**
     * Writes the complete chain again; the versions ahead get the present time and a number of this
     * directory.
     */
    void stamp(BiConsumer<Version, Version> told) {
        tx.group().supersede(links.get(links.size() - 1).version);
        int[] past = VersionChain.NONE;
        for (int i = 0; i < first; i++) {
            Version present = links.get(i).version;
            Entry.RecordLocation place = tx.append(present, links.get(i).document, past, false);
            MergeRule.Outcome next = outcome(links.get(i + 1).version, i + 1 < first, present);
            past = VersionChain.after(next, past, place, VersionChain.MAX);
        }
        long previous = first > 0 ? links.get(first - 1).version.timestamp()
                : lost(links.get(0).version.lineage().prevTimestamp());
        long expires = first > 0 ? links.get(first - 1).version.expires() : Version.FOREVER;
        long expired = expires;
        for (int i = first; i < links.size(); i++) {
            Version old = links.get(i).version;
            long timestamp = Math.max(tx.wallMs(), previous + 1);
            long until = old.expires() == expired ? expires : life(old, timestamp);
            Version anew = stamped(old, timestamp, previous, until);
            past = VersionChain.with(past, tx.append(anew, links.get(i).document, past, true), false,
                    VersionChain.MAX);
            told.accept(old, anew);
            previous = timestamp;
            expired = old.expires();
            expires = until;
        }
    }

    /** The timestamp of a replaced version that is not kept any more; 0 when it was ahead too. */
    private long lost(long timestamp) {
        return timestamp > tx.wallMs() + ReplicationRules.CLOCK_AHEAD_MS ? 0 : timestamp;
    }

    /** The decision of a replay on the next version, which was written elsewhere or is restamped here. */
    private static MergeRule.Outcome outcome(Version next, boolean elsewhere, Version present) {
        return MergeRule.decide(MergeRule.Arriving.logged(next,
                elsewhere ? MergeRule.Older.COMPARED : MergeRule.Older.SEEN),
                Optional.of(MergeRule.Present.of(present)), false);
    }

    /**
     * The new expiry: the lifetime stays; a version that had expired when it was written keeps its expiry.
     */
    private static long life(Version old, long timestamp) {
        boolean lasts = old.expires() == Version.FOREVER || old.expires() <= old.timestamp();
        return lasts ? old.expires() : timestamp + (old.expires() - old.timestamp());
    }

    private Version stamped(Version old, long timestamp, long previous, long expires) {
        Manifest life = tx.group().journal().manifest();
        return new VersionIdHasher()
                .seal(new Version(old.key(), Version.NOBODY, timestamp, new Dot(life.origin(), tx.seq() + 1),
                        life.joined(), new Version.Lineage(previous, old.lineage().shadowsUntil()),
                        old.author(), old.owner(), expires, old.deleted(), old.data()));
    }
}
