package kvs.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import kvs.log.Record;
import kvs.model.BundleRules;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.SequenceNumbers;
import kvs.model.Zone;
import kvs.recovery.LogPosition;
import kvs.recovery.LogState;
import kvs.recovery.ZoneNotes;
import kvs.store.BackupDependencies;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.RangeTotals;
import kvs.world.Dice;

/**
 * Makes bundles and receipts of one state of a store, whose node must be whole and settled. In memory is one
 * frame and one version. Until it is closed the store keeps the segments of that state. One thread.
 */
public final class BundleMaker implements AutoCloseable {

    private final Store store;
    private final StoreView view;
    private final Coverage covered;
    private final ZoneNotes notes;
    private final LogState end;
    private final Runnable unpin;

    /**
     * The request for a file.
     *
     * @param kind a bundle or a receipt
     * @param partner the partner it is for
     * @param self id of this site
     * @param number number of the bundle, for people
     * @param madeMs the present time, Unix ms
     * @param completeUntilMs see {@link BundleRules#completeUntil}
     */
    public record Request(BundleHead.Kind kind, Partner partner, UUID self, long number, long madeMs,
            long completeUntilMs) { }

    /**
     * Takes the present state of a store. Others may write meanwhile: the state has at least what it claims
     * to cover, and its floors are at least those of what it lacks. What is noted of the log is no newer.
     */
    public BundleMaker(Store store) {
        this.store = store;
        BackupDependencies parts = store.backupSource();
        this.unpin = parts.journal().segments().pin();
        this.end = parts.state().get();
        this.covered = store.durable();
        this.view = store.root();
        this.notes = store.notes().zones();
    }

    /**
     * Refuses to make a bundle whose zones are in doubt, or one of less than earlier bundles of this site for
     * the partner covered: another node made them, and this one has not received all of it yet.
     */
    public void check(Partner partner) {
        SiteRecords records = new SiteRecords(view);
        partner.conflict(records.partners()).ifPresent(why -> {
            throw new Refusal(Reason.BAD_REQUEST, "nothing was made: " + why);
        });
        Statements said = records.statements(partner);
        for (Zone zone : partner.zones()) {
            if (!notes.coverage(covered, zone).covers(said.told(zone))) {
                throw new Refusal(Reason.BEHIND, "nothing was made: this node has not received all that an"
                        + " earlier bundle for " + partner.name() + " had; wait until 'kvs status' shows no"
                        + " problem, or make it on the node that made that one");
            }
        }
    }

    /**
     * The time up to which all that can come to this site is covered here; of other partners that send a zone
     * of this one, up to their last bundle that was merged.
     *
     * @param membersMs for each other node of this site that may return, the time up to which what it had is
     *     covered here, 0 while that is not known
     */
    public long completeUntil(Partner partner, long wallMs, List<Long> membersMs) {
        List<Long> heard = new ArrayList<>(membersMs);
        SiteRecords records = new SiteRecords(view);
        for (Partner other : records.partners()) {
            Statements said = records.statements(other);
            boolean brings = other.receives() && !other.link().equals(partner.link());
            other.zones().stream().filter(zone -> brings && partner.has(zone)).map(said::of).forEach(zone -> {
                boolean here = other.zones().stream()
                        .allMatch(each -> notes.coverage(covered, each).covers(said.of(each).until()));
                heard.add(here ? zone.untilMs() : 0);
            });
        }
        return BundleRules.completeUntil(wallMs, heard);
    }

    /**
     * The head of a file. A zone becomes a delta from what the partner {@code said}, if the rules permit;
     * every other one is full, and without {@code said} all are.
     */
    public BundleHead head(Request request, Optional<Statements> said, Dice dice) {
        List<BundleHead.ZoneState> zones = new ArrayList<>();
        for (Zone zone : request.partner.zones()) {
            RangeTotals totals = ZoneScan.totals(view.tree(), zone);
            Coverage here = notes.coverage(covered, zone);
            Coverage floors = notes.floor(zone);
            Optional<Coverage> base = request.kind == BundleHead.Kind.RECEIPT ? Optional.empty()
                    : said.flatMap(known -> BundleRules.base(known.of(zone).known(), here, floors));
            zones.add(new BundleHead.ZoneState(zone, base, here, floors, totals.digest(), totals.count()));
        }
        byte[] salt = ByteBuffer.allocate(BundleHead.SALT_BYTES).putLong(dice.bits()).putLong(dice.bits())
                .array();
        return new BundleHead(request.kind, salt, request.partner.link(), request.self,
                request.partner.site(), request.number, request.madeMs, request.completeUntilMs,
                store.origin(), SequenceNumbers.bootOf(store.head()), zones);
    }

    /**
     * Writes the file of that head. For a delta only what entered the log after its {@link DeltaStart} is
     * read.
     *
     * @param progress receives the number of versions read
     * @throws IOException when it cannot be written, or a version is unreadable, with the key
     */
    public BundleTrailer write(BundleHead head, Partner partner, OutputStream out, LongConsumer progress)
            throws IOException {
        try (BundleWriter writer = new BundleWriter(out, head, partner.secrets().get(0))) {
            if (head.kind() == BundleHead.Kind.BUNDLE) {
                DeltaStart.Scan scan = new DeltaStart.Scan(partner, end);
                for (int i = 0; i < head.zones().size(); i++) {
                    add(writer, i, head.zones().get(i), scan, progress);
                }
                // If it is refused, the next delta begins earlier.
                store.submit(scan::note);
            }
            return writer.finish();
        }
    }

    private void add(BundleWriter writer, int place, BundleHead.ZoneState state, DeltaStart.Scan scan,
            LongConsumer progress) throws IOException {
        Coverage base = state.base().orElse(Coverage.NONE);
        LogPosition start = scan.begin(state.zone(), base);
        for (ZoneCursor each = new ZoneCursor(view.tree(), state.zone()); each.hasEntry(); each.next()) {
            if (start.precedes(each.entry())) {
                Record.Put put = read(each.entry());
                if (!base.covers(put.version().dot())) {
                    writer.add(place, put);
                }
                progress.accept(scan.add(put.version().dot()));
            }
        }
    }

    private Record.Put read(Entry entry) throws IOException {
        return store.held(entry).orElseThrow(() -> unreadable(Key.ofBytes(entry.key()))).put();
    }

    @Override
    public void close() {
        unpin.run();
    }

    private static IOException unreadable(Key key) {
        return new IOException("the version of " + key.text().replace('\0', ' ').strip() + " is unreadable:"
                + " let another member of the cluster repair it, or restore a backup, and make the bundle"
                + " then");
    }
}
