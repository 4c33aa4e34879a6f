package kvs.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.View;
import kvs.tree.Entry;

/**
 * Changes of many keys as one atomic batch: a subtree that is deleted, keys that get a new expiry. Thread-safe; stages complete on the
 * store's writer thread, exceptionally only with a {@link Refusal}.
 */
public final class Bulk {

    private final Documents documents;
    private final Executor aside;

    /**
     * What was done.
     *
     * @param count keys that were changed
     * @param next the last of them, when more are left: the next call goes on behind it
     */
    public record Done(int count, Optional<String> next) { }

    /** Bulk changes of {@code documents}; {@code aside} runs what reads the disk again, which is no work for the writer's thread. */
    public Bulk(Documents documents, Executor aside) {
        this.documents = documents;
        this.aside = aside;
    }

    /** Deletes what lives below a prefix, behind {@code after}, at most as many keys as a batch holds. */
    public CompletionStage<Done> delete(byte[] prefix, Optional<String> after, Access access) {
        documents.checkWrite();
        Slice slice = below(prefix, after, access);
        if (slice.entries().isEmpty()) {
            return CompletableFuture.completedFuture(new Done(0, Optional.empty()));
        }
        List<Op> ops = new ArrayList<>();
        for (Entry entry : slice.entries()) {
            // Forced: a key that somebody deletes meanwhile is no reason to keep the others.
            ops.add(new Op.Delete(Key.ofBytes(entry.key()), true, Conditions.NONE));
        }
        return documents.batch(ops, true, access).thenApply(outcomes -> {
            outcomes.forEach(Bulk::refuse);
            return new Done((int) outcomes.stream().filter(Bulk::ended).count(), slice.next());
        });
    }

    /**
     * Gives keys a new expiry: their documents are written again as they are.
     *
     * @throws Refusal {@code NOT_FOUND} naming a key where nothing lives, {@code TOO_LARGE}, {@code BUSY} when they change all the time
     */
    public CompletionStage<Done> touch(List<Key> keys, Expiry.After expiry, Access access) {
        return touch(() -> present(keys, access), expiry, access);
    }

    /** The same for what lives below a prefix, behind {@code after}, at most as many keys and bytes as a batch holds. */
    public CompletionStage<Done> touchBelow(byte[] prefix, Optional<String> after, Expiry.After expiry, Access access) {
        return touch(() -> below(prefix, after, access), expiry, access);
    }

    /** Which keys are touched; asked again when some changed meanwhile. */
    private interface Choice {
        Slice choose();
    }

    private CompletionStage<Done> touch(Choice choice, Expiry.After expiry, Access access) {
        documents.checkWrite();
        CompletableFuture<Done> done = new CompletableFuture<>();
        new Touch(choice, expiry, access, done).attempt(1);
        return done;
    }

    private Slice below(byte[] prefix, Optional<String> after, Access access) {
        View root = documents.root();
        return Slice.page(root, Slice.Query.below(prefix, after, Limits.OPS_MAX), documents.now(), access.on(root));
    }

    private Slice present(List<Key> keys, Access access) {
        List<Entry> entries = new ArrayList<>(keys.size());
        long bytes = 0;
        for (Key key : keys) {
            Entry entry = documents.find(key, access).orElseThrow(() -> Refusal.absent(key));
            bytes += entry.dataBytes();
            entries.add(entry);
        }
        if (bytes > Limits.BATCH_BYTES_MAX) {
            throw new Refusal(Reason.TOO_LARGE, "the documents have " + bytes + " bytes together, a batch holds " + Limits.BATCH_BYTES_MAX);
        }
        return new Slice(entries, Optional.empty());
    }

    private static boolean ended(Outcome outcome) {
        return outcome instanceof Outcome.Deleted deleted && !deleted.receipt().created();
    }

    private static void refuse(Outcome outcome) {
        if (outcome instanceof Outcome.Refused refused) {
            throw refused.why();
        }
    }

    /** One touch: reads, writes on condition that nothing has changed, and reads again if something has. */
    private final class Touch {

        private final Choice choice;
        private final Expiry.After expiry;
        private final Access access;
        private final CompletableFuture<Done> done;

        Touch(Choice choice, Expiry.After expiry, Access access, CompletableFuture<Done> done) {
            this.choice = choice;
            this.expiry = expiry;
            this.access = access;
            this.done = done;
        }

        void attempt(int number) {
            try {
                Slice slice = choice.choose();
                List<Op> ops = new ArrayList<>();
                slice.entries().forEach(entry -> ops.add(again(entry)));
                Done all = new Done(ops.size(), slice.next());
                documents.batch(ops, true, access).whenComplete((outcomes, error) -> judge(number, outcomes, error, all));
            } catch (RuntimeException why) {
                done.completeExceptionally(why);
            }
        }

        private Op again(Entry entry) {
            Version version = documents.read(entry);
            Conditions same = new Conditions(Optional.of(new Conditions.Match(false, List.of(Documents.tag(entry)))), Optional.empty());
            return new Op.Put(version.key(), documents.repacked(version.data()), expiry, same);
        }

        private void judge(int number, List<Outcome> outcomes, Throwable error, Done all) {
            if (error != null) {
                done.completeExceptionally(error);
                return;
            }
            Optional<Refusal> refused = outcomes.stream().filter(Outcome.Refused.class::isInstance)
                    .map(outcome -> ((Outcome.Refused) outcome).why()).findFirst();
            if (refused.isEmpty()) {
                done.complete(all);
            } else if (refused.get().reason() != Reason.CONDITION_FAILED) {
                done.completeExceptionally(refused.get());
            } else if (number == Limits.TRIES_MAX) {
                done.completeExceptionally(new Refusal(Reason.BUSY, "others changed the keys " + number + " times meanwhile; try again"));
            } else {
                retry(number + 1);
            }
        }

        private void retry(int number) {
            try {
                aside.execute(() -> attempt(number));
            } catch (RejectedExecutionException full) {
                done.completeExceptionally(new Refusal(Reason.BUSY, "the keys were changed meanwhile, and no thread is free: " + full));
            }
        }
    }
}
