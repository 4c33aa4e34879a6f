package kvs.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Zone;
import kvs.recovery.StoreNotes;
import kvs.store.Transaction;
import kvs.world.EventKind;
import kvs.world.FailureText;

/**
 * The bundles and receipts that a running node makes for its partners, one bundle at a time. A bundle is made
 * while it is sent, in bounded memory. For a partner that never answers it counts as delivered only once the
 * client has confirmed that it is written. Thread-safe.
 */
public final class BundleExports implements AutoCloseable {

    /** The longest time for one bundle, ms: its state keeps segments of the log. */
    static final long BUNDLE_MS_MAX = TimeUnit.HOURS.toMillis(4);
    /** The bundles that are remembered until they are confirmed. */
    private static final int REMEMBERED_MAX = 32;

    private final Site site;
    private final AtomicReference<Optional<String>> running = new AtomicReference<>(Optional.empty());
    private final LongAdder count = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile boolean closed;
    private final ReentrantLock lock = new ReentrantLock();
    /** The last bundles that were sent to their end; guarded by {@code lock}. */
    private final Deque<SentBundle> sent = new ArrayDeque<>();

    private record SentBundle(Partner partner, BundleHead head, String sha256) { }

    /**
     * A bundle that is ready to be made.
     *
     * @param partner its partner, with the zones that it carries
     * @param number its number
     * @param extent what it leaves out
     */
    public record PlannedBundle(Partner partner, long number, Extent extent) { }

    /**
     * The extent of a bundle: what it leaves out.
     *
     * @param full nothing
     * @param since what the earlier bundle of that number had; otherwise what the partner has
     */
    public record Extent(boolean full, OptionalLong since) {

        private static final Extent RECEIPT = new Extent(false, OptionalLong.empty());
    }

    /**
     * A bundle that was confirmed.
     *
     * @param partner name of its partner
     * @param delivered whether it counts as delivered: the partner never answers
     */
    public record Confirmation(String partner, boolean delivered) { }

    /** The bundles of a site. */
    public BundleExports(Site site) {
        this.site = site;
    }

    /** The number of bundles that were sent to their end since the start. */
    public long count() {
        return count.sum();
    }

    /** The number of bundles that were begun and not sent to their end. */
    public long failures() {
        return failures.sum();
    }

    /** The partner for which a bundle is being made. */
    public Optional<String> running() {
        return running.get();
    }

    /**
     * Plans a bundle; completes when its number is durable. Fails with a {@link Refusal}: there is no such
     * partner or zone, another bundle is being made, or this node lacks data.
     *
     * @param zones the zones that it carries; empty for all of the link
     */
    public CompletableFuture<PlannedBundle> plan(String name, List<Zone> zones, Extent extent) {
        Partner partner = site.partner(name);
        if (!partner.sends()) {
            throw new Refusal(Reason.BAD_REQUEST, "nothing was made: the link to " + name + " only comes in:"
                    + " a receipt is made by 'kvs receipt'");
        }
        Partner carried = partner.only(zones);
        checkWhole();
        checkFree();
        PlannedBundle all = new PlannedBundle(carried, 0, extent);
        List<Long> membersMs = membersMs();
        try (BundleMaker maker = new BundleMaker(site.store())) {
            maker.check(all.partner);
            head(maker, all, BundleHead.Kind.BUNDLE, membersMs).encode();
        } catch (IOException e) {
            throw new Refusal(Reason.LIMIT_REACHED, "nothing was made: " + FailureText.text(e));
        }
        return site.note(tx -> SiteRecords.takeNumber(tx, partner))
                .thenApply(number -> new PlannedBundle(all.partner, number, extent));
    }

    private void checkWhole() {
        Optional<String> lack = site.lack();
        if (lack.isPresent()) {
            throw new Refusal(Reason.SYNCING, "nothing was made: " + lack.get());
        }
    }

    private void checkFree() {
        Optional<String> other = running.get();
        if (other.isPresent()) {
            throw new Refusal(Reason.IN_PROGRESS, "nothing was made: this node is making a bundle for "
                    + other.get() + ", and makes one at a time. Try again when that is done");
        }
    }

    /** To be read before the state of the store is taken, which covers what these times promise then. */
    private List<Long> membersMs() {
        return site.dependencies().state().membersMs().get();
    }

    private BundleHead head(BundleMaker maker, PlannedBundle planned, BundleHead.Kind kind,
            List<Long> membersMs) {
        Partner partner = planned.partner;
        long now = site.dependencies().clock().wallMs();
        return maker.head(new BundleMaker.Request(kind, partner, site.self(partner), planned.number, now,
                maker.completeUntil(partner, now, membersMs)),
                said(partner, planned.extent), site.dependencies().dice());
    }

    /** The knowledge of what the partner has; empty for a full bundle. */
    private Optional<Statements> said(Partner partner, Extent extent) {
        if (extent.full) {
            return Optional.empty();
        }
        Statements known = site.records().statements(partner);
        if (extent.since.isEmpty()) {
            return Optional.of(known);
        }
        long number = extent.since.getAsLong();
        StoreNotes notes = site.store().notes();
        List<MadeBundle> kept = MadeBundle.all(notes, partner);
        return Optional.of(known.since(MadeBundle.find(notes, partner, number)
                .filter(made -> !made.coverages().isEmpty())
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "nothing was made: this node does not know"
                        + " what bundle " + number + " for " + partner.name() + " had: it keeps that of the"
                        + " last " + MadeBundle.KEPT + " that it made itself, which are "
                        + (kept.isEmpty() ? "none" : kept.get(0).number() + " to "
                                + kept.get(kept.size() - 1).number()) + ". Take one of these, or a full"
                        + " one"))));
    }

    /**
     * Makes a bundle, and writes it.
     *
     * @throws IOException when another one was begun first, it cannot be written, or a version is unreadable
     */
    public void write(PlannedBundle planned, OutputStream out) throws IOException {
        if (!running.compareAndSet(Optional.empty(), Optional.of(planned.partner.name()))) {
            throw new IOException("another bundle was begun first");
        }
        long began = site.dependencies().clock().nanos();
        List<Long> membersMs = membersMs();
        try (BundleMaker maker = new BundleMaker(site.store())) {
            BundleOutput output = new BundleOutput(out, () -> obstacle(began));
            BundleHead head = head(maker, planned, BundleHead.Kind.BUNDLE, membersMs);
            BackgroundPacer pacer = site.dependencies().pacer().get();
            BundleTrailer trailer = maker.write(head, planned.partner, output, versions -> pacer.pieceDone());
            // Before the last bytes leave: the client confirms the bundle as soon as it has them.
            remember(new SentBundle(planned.partner, head, output.sha256()));
            output.flush();
            count.increment();
            site.dependencies().log().event(EventKind.BUNDLE_MADE, "partner", planned.partner.name(),
                    "number", planned.number, "versions", trailer.entries(), "bytes", output.bytes());
        } catch (IOException | RuntimeException e) {
            failures.increment();
            site.dependencies().log().event(EventKind.BUNDLE_FAILED, "partner", planned.partner.name(),
                    "number", planned.number, "reason", FailureText.text(e));
            throw e;
        } finally {
            running.set(Optional.empty());
        }
    }

    private String obstacle(long began) {
        long ms = TimeUnit.NANOSECONDS.toMillis(site.dependencies().clock().nanos() - began);
        return closed ? "the node is stopping" : ms > BUNDLE_MS_MAX
                ? "it took more than four hours: use a faster way to the client" : "";
    }

    private void remember(SentBundle bundle) {
        lock.lock();
        try {
            if (sent.size() == REMEMBERED_MAX) {
                sent.removeFirst();
            }
            sent.addLast(bundle);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes note that a client has the bundle of that number and SHA-256 (hexadecimal digits) on its disk.
     * Repeating it changes nothing.
     */
    public CompletableFuture<Confirmation> confirm(long number, String sha256) {
        SentBundle bundle = find(number, sha256).orElseThrow(() -> new Refusal(Reason.NOT_FOUND,
                "nothing was noted: this node has sent no bundle " + number + " with that SHA-256 since its"
                        + " start. Make a new one"));
        Partner partner = bundle.partner;
        if (partner.receives() && !site.dependencies().state().member().getAsBoolean()) {
            return site.note(tx -> MadeBundle.note(tx, partner, bundle.head))
                    .thenApply(noted -> new Confirmation(partner.name(), false));
        }
        return site.write(tx -> delivered(tx, bundle))
                .thenApply(known -> new Confirmation(partner.name(), known && !partner.receives()));
    }

    /** Counts a bundle once: with an overlap of K the K-th last one counts, and a repetition is none. */
    private static boolean delivered(Transaction tx, SentBundle bundle) {
        boolean noted = MadeBundle.find(tx.notes(), bundle.partner, bundle.head.number())
                .filter(made -> made.madeMs() == bundle.head.madeMs()).isPresent();
        return noted || SiteRecords.delivered(tx, bundle.partner, bundle.head)
                && MadeBundle.note(tx, bundle.partner, bundle.head);
    }

    private Optional<SentBundle> find(long number, String sha256) {
        lock.lock();
        try {
            return sent.stream().filter(one -> one.head.number() == number && one.sha256.equals(sha256))
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    /** A receipt for a partner: what this site covers. At most 1 MiB. */
    public byte[] receipt(String name) {
        Partner partner = site.partner(name);
        if (!partner.receives()) {
            throw new Refusal(Reason.BAD_REQUEST, "nothing was made: the link to " + name + " only goes out:"
                    + " 'kvs bundle' makes a bundle");
        }
        checkWhole();
        PlannedBundle planned = new PlannedBundle(partner, site.lastNumber(partner), Extent.RECEIPT);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Long> membersMs = membersMs();
        try (BundleMaker maker = new BundleMaker(site.store())) {
            BundleHead head = head(maker, planned, BundleHead.Kind.RECEIPT, membersMs);
            maker.write(head, partner, out, versions -> { });
        } catch (IOException e) {
            throw new Refusal(Reason.LIMIT_REACHED, "nothing was made: " + FailureText.text(e));
        }
        return out.toByteArray();
    }

    /** Ends a bundle that is being made. */
    @Override
    public void close() {
        closed = true;
    }
}
