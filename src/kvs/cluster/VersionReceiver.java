package kvs.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import kvs.auth.ReservedKeyCheck;
import kvs.documents.VersionValidation;
import kvs.log.ReplicatedVersion;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.store.Store;
import kvs.store.Transaction.MergeResult;
import kvs.world.Logger;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * Takes the frames that one member sends into the store. Documents are inflated for a part of a page at a
 * time: a page of a mebibyte may hold a hundred times as much. No release has written a version that is not
 * {@link #possible}, so such a version was made by hand. It is left out for good and counts as superseded: if
 * this node waited for it, nothing after it would be covered, and no deleted version would ever be purged.
 * Thread-safe.
 */
final class VersionReceiver {

    /** Number of bytes of inflated documents that are merged at once; one document alone may have more. */
    static final int RAW_BYTES_MAX = 16 << 20;

    private final Store store;
    private final Scheduler scheduler;
    private final Logger log;
    private final String from;
    private final AtomicLong refused = new AtomicLong();

    /** The outcome for some frames: the number taken, and whether all were taken or superseded. */
    record Outcome(int taken, boolean complete) {

        private Outcome and(Outcome other) {
            return new Outcome(taken + other.taken, complete && other.complete);
        }
    }

    /** A part of a page. */
    private record PagePart(List<ReplicatedVersion> arrivals, boolean whole) { }

    /** A receiver of the versions of a member, which the log calls {@code from}. */
    VersionReceiver(Store store, Scheduler scheduler, Logger log, String from) {
        this.store = store;
        this.scheduler = scheduler;
        this.log = log;
        this.from = from;
    }

    /**
     * The number of versions that were left out because no client can have written them, since the two were
     * last equal.
     */
    long refused() {
        return refused.get();
    }

    /** Resets that number: the member holds none of them any more. */
    void resetRefused() {
        refused.set(0);
    }

    /** Merges frames, which may be empty ones; fails only with a refusal of the store. */
    CompletableFuture<Outcome> merge(List<byte[]> messages, RemoteWrite.FetchContext context) {
        List<byte[]> sent = messages.stream().filter(frame -> frame.length > 0).toList();
        if (sent.isEmpty() && context.covers().filter(dot -> !store.covered().covers(dot)).isEmpty()) {
            return CompletableFuture.completedFuture(new Outcome(0, true));
        }
        return merge(sent, context, new Outcome(0, true));
    }

    private CompletableFuture<Outcome> merge(List<byte[]> messages, RemoteWrite.FetchContext context,
            Outcome before) {
        int count = part(messages);
        boolean last = count == messages.size();
        PagePart part = decode(messages.subList(0, count));
        boolean covers = last && part.whole && before.complete;
        RemoteWrite remoteWrite = new RemoteWrite(part.arrivals, covers ? context : context.uncovered());
        store.submit(remoteWrite);
        return remoteWrite.done().thenCompose(merged -> {
            int taken = (int) merged.stream().filter(MergeResult.TAKEN::equals).count();
            Outcome now = before.and(new Outcome(taken, part.whole && RemoteWrite.complete(merged)));
            boolean stopped = !part.whole || merged.size() < part.arrivals.size();
            return last || stopped ? CompletableFuture.completedFuture(now)
                    : aside(messages.subList(count, messages.size()), context, now);
        });
    }

    /** Continues on another thread: the writer, which calls back, must not inflate the rest. */
    private CompletableFuture<Outcome> aside(List<byte[]> messages, RemoteWrite.FetchContext context,
            Outcome before) {
        CompletableFuture<Outcome> done = new CompletableFuture<>();
        scheduler.start("intake", () -> {
            merge(messages, context, before).whenComplete((outcome, failure) -> {
                if (failure == null) {
                    done.complete(outcome);
                } else {
                    done.completeExceptionally(failure);
                }
            });
            return Task.DONE;
        }, 0);
        return done;
    }

    /** The number of frames that are inflated at once. */
    private static int part(List<byte[]> messages) {
        long raw = 0;
        int count = 0;
        while (count < messages.size()
                && (count == 0 || raw + ReplicatedVersion.rawBytes(messages.get(count)) <= RAW_BYTES_MAX)) {
            raw += ReplicatedVersion.rawBytes(messages.get(count++));
        }
        return count;
    }

    /** Decodes up to the first unreadable frame: its content may make later ones secret. */
    private PagePart decode(List<byte[]> messages) {
        VersionIdHasher ids = new VersionIdHasher();
        Map<Key, ReplicatedVersion> arrivals = new LinkedHashMap<>();
        for (byte[] frame : messages) {
            Optional<ReplicatedVersion> arrival = ReplicatedVersion.decode(frame, store.codec(), ids);
            if (arrival.isEmpty()) {
                return new PagePart(List.copyOf(arrivals.values()), false);
            }
            if (possible(arrival.get().version())) {
                arrivals.put(arrival.get().version().key(), arrival.get());
            } else {
                refuse(arrival.get());
            }
        }
        return new PagePart(List.copyOf(arrivals.values()), true);
    }

    /** Whether a client can have written a version. */
    static boolean possible(Version version) {
        boolean key = !ReservedKeyCheck.reserved(version.key())
                || ReservedKeyCheck.possible(version.key());
        return key && VersionValidation.possible(version);
    }

    /** Logs the first one: others of the same member are as odd. */
    private void refuse(ReplicatedVersion arrival) {
        if (refused.getAndIncrement() == 0) {
            log.warn("a peer sends invalid versions, which no client can have written: they are left"
                    + " out", "peer", from,
                    "key", arrival.version().key().text(), "uuid", arrival.version().uuid());
        }
    }
}
