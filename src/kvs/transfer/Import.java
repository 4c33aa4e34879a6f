package kvs.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.world.FailureText;

/**
 * Stores the entries of a file in a node, batch by batch in their order, so the last of several entries with
 * one path wins. A refused entry is reported with its place, and all others are stored. One use, one thread;
 * while it reads the next entries, the target stores those before.
 */
public final class Import {

    /** Bytes of a batch: a document that would exceed this starts another batch. */
    private static final int BATCH_BYTES = 4 << 20;

    private final DocumentTarget target;
    private final ImportOptions plan;
    private final TransferReporter report;
    private final Deque<PendingBatch> pendingBatches = new ArrayDeque<>();
    private Batch batch = new Batch();
    private final EntryParser parser;
    /** The end of the last entry that was parsed. */
    private EntryEnd looked = new EntryEnd(0, 0, 0, 0);
    /** The number of entries that were refused before they entered a batch. */
    private long unread;
    private long turnedDown;
    private long leftOut;
    private String what = "";
    private Optional<ImportProgress> savedProgress = Optional.empty();
    private ImportProgress.FileOffset done = ImportProgress.FileOffset.START;

    /**
     * The options of an import.
     *
     * @param format the format of the file
     * @param metadata whether metadata is imported too; else its lines are skipped
     * @param renames the prefixes of paths to replace
     * @param dryRun whether nothing is written: the report tells what would be
     */
    public record ImportOptions(FileFormat format, boolean metadata, PathRenames renames, boolean dryRun) {

        /** The verb of the report. */
        String verb() {
            return dryRun ? "dry run, nothing written: would import" : "imported";
        }

        /**
         * Lines of an export are written as they are. A dump of another store is often imported twice, before
         * and at the move, so only changes are written.
         */
        PutBatch.Mode mode() {
            return dryRun ? PutBatch.Mode.DRY_RUN
                    : format == FileFormat.NDJSON ? PutBatch.Mode.ALL : PutBatch.Mode.CHANGED;
        }

        /** The options that decide what the lines of the file become. */
        String text() {
            String text = metadata + "\n" + renames.text();
            return format == FileFormat.NDJSON ? text : text + "\n" + format.text();
        }
    }

    /** Opens the file at its start. */
    @FunctionalInterface
    public interface InputOpener {

        /** The stream of lines. */
        InputStream open() throws IOException;
    }

    /** Items of one kind, their places in the file, and their size. */
    private static final class Batch {

        private final List<TransferItem> items = new ArrayList<>();
        private final List<String> places = new ArrayList<>();
        private final Set<Key> keys = new HashSet<>();
        private final Set<Key> unsettled = new HashSet<>();
        private long bytes;

        void add(TransferItem item, String place, boolean repeated) {
            items.add(item);
            places.add(place);
            bytes += item.bytes();
            if (item instanceof TransferItem.DocumentItem document
                    && (!keys.add(document.key()) || repeated)) {
                unsettled.add(document.key());
            }
        }

        /** Takes out the last item if it has the key of {@code item}. */
        void removeLast(TransferItem item) {
            int last = items.size() - 1;
            if (last >= 0 && item instanceof TransferItem.DocumentItem document && documents()
                    && ((TransferItem.DocumentItem) items.get(last)).key().equals(document.key())) {
                bytes -= items.remove(last).bytes();
                places.remove(last);
                keys.remove(document.key());
            }
        }

        boolean fits(TransferItem item, int itemsMax) {
            return items.isEmpty() || items.size() < itemsMax && bytes + item.bytes() <= BATCH_BYTES
                    && documents() == item instanceof TransferItem.DocumentItem;
        }

        boolean documents() {
            return items.get(0) instanceof TransferItem.DocumentItem;
        }
    }

    /** The end of an entry, and the number of entries up to it that were refused before a batch. */
    private record EntryEnd(long offset, long number, long crc, long unread) { }

    /**
     * A batch that was submitted and is not complete.
     *
     * @param end the end of its last entry
     */
    private record PendingBatch(Batch batch, EntryEnd end, CompletionStage<List<PutOutcome>> stage) { }

    /** An import into {@code target}. */
    public Import(DocumentTarget target, ImportOptions plan, TransferReporter report) {
        this.target = target;
        this.plan = plan;
        this.report = report;
        this.parser = plan.format.parser(plan.renames);
    }

    /**
     * Imports everything, from the saved progress on if it fits the file.
     *
     * @throws IOException when it was interrupted: everything up to the saved progress is durable, and the
     *     same import continues from there
     */
    public void run(InputOpener file, Optional<ImportProgress> place) throws IOException {
        report.begin();
        Optional<String> id = target.id();
        what = id.orElse("") + "\n" + plan.text();
        savedProgress = id.isEmpty() || plan.dryRun ? Optional.empty() : place;
        boolean complete = false;
        try (EntryReader entries = open(file)) {
            while (entries.next()) {
                take(entries);
                looked = new EntryEnd(entries.offset(), entries.number(), entries.crc(), unread);
            }
            fly();
            land(0);
            complete = true;
        } finally {
            if (!complete && done.offset() > 0) {
                savedProgress.ifPresent(progress -> progress.save(what, done, report));
            }
        }
        if (savedProgress.isPresent()) {
            savedProgress.get().remove();
        }
        if (leftOut > 0) {
            report.print(leftOut + " lines of metadata were ignored: --metadata imports them");
        }
        report.summary(plan.verb());
    }

    private EntryReader open(InputOpener file) throws IOException {
        ImportProgress.FileOffset mark = savedProgress.isPresent() ? savedProgress.get().find(what)
                : ImportProgress.FileOffset.START;
        EntryReader entries = plan.format.reader(file.open(), target.documentBytesMax());
        if (mark.offset() == 0) {
            return entries;
        }
        if (entries.skip(mark)) {
            done = mark;
            looked = new EntryEnd(mark.offset(), mark.line(), mark.crc(), mark.counts().refused());
            unread = mark.counts().refused();
            report.refusedBefore(unread);
            report.print("continuing after " + entries.where() + ": " + mark.counts().documents()
                    + " documents were imported before");
            return entries;
        }
        report.print("the file has changed since the interruption: the import starts again");
        entries.close();
        return plan.format.reader(file.open(), target.documentBytesMax());
    }

    private void take(EntryReader entries) throws IOException {
        if (entries.fault().isPresent()) {
            refuse(entries.where(), entries.fault().get());
            return;
        }
        ParsedEntry entry;
        try {
            entry = parser.parse(entries.bytes());
        } catch (Refusal refusal) {
            refuse(entries.where(), refusal.detail());
            return;
        }
        entry.notes().forEach(note -> report.noted(note, entries.where(), entry.path()));
        if (entry.item().isEmpty()) {
            return;
        }
        TransferItem item = entry.item().get();
        if (item instanceof TransferItem.MetadataItem && !plan.metadata) {
            leftOut++;
            return;
        }
        if (entry.replaces()) {
            batch.removeLast(item);
        }
        add(item, entries.where());
    }

    private void add(TransferItem item, String place) throws IOException {
        if (!batch.fits(item, target.itemsMax())) {
            boolean turns = batch.documents() != item instanceof TransferItem.DocumentItem;
            fly();
            if (turns) {
                // Metadata of a key applies to the present key, so the documents before it must be stored.
                land(0);
            }
        }
        batch.add(item, place, item instanceof TransferItem.DocumentItem document
                && pendingBatches.stream().anyMatch(pending -> pending.batch.keys.contains(document.key())));
    }

    private void refuse(String place, String why) {
        unread++;
        report.refused(place, why);
    }

    private void fly() throws IOException {
        if (!batch.items.isEmpty()) {
            land(target.flightsMax() - 1);
            pendingBatches.add(new PendingBatch(batch, looked,
                    target.put(new PutBatch(batch.items, plan.mode(), batch.unsettled))));
            batch = new Batch();
        }
    }

    /** Waits until at most {@code most} batches are under way. */
    private void land(int most) throws IOException {
        while (pendingBatches.size() > most) {
            PendingBatch first = pendingBatches.remove();
            batchCompleted(first, outcomes(first.stage));
            if (savedProgress.isPresent() && savedProgress.get().due()) {
                savedProgress.get().save(what, done, report);
            }
        }
    }

    private static List<PutOutcome> outcomes(CompletionStage<List<PutOutcome>> stage) throws IOException {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw new IOException(FailureText.text(failure), failure);
            }
            throw e;
        }
    }

    private void batchCompleted(PendingBatch batch, List<PutOutcome> outcomes) {
        long created = 0;
        long replaced = 0;
        long same = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            switch (outcomes.get(i).kind()) {
                case CREATED -> created++;
                case REPLACED -> replaced++;
                case UNCHANGED -> same++;
                case REFUSED -> {
                    turnedDown++;
                    report.refused(batch.batch.places.get(i), outcomes.get(i).why());
                }
            }
        }
        boolean documents = batch.batch.documents();
        EntryEnd end = batch.end;
        if (plan.mode() != PutBatch.Mode.ALL) {
            report.compared(created, documents ? replaced : 0, same);
        }
        long taken = created + replaced;
        report.moved(documents ? taken : 0, documents ? 0 : taken, end.offset - done.offset());
        ImportProgress.Counts before = done.counts();
        done = new ImportProgress.FileOffset(end.offset, end.number, end.crc,
                new ImportProgress.Counts(before.documents() + (documents ? taken + same : 0),
                        before.metadata() + (documents ? 0 : taken), end.unread + turnedDown));
    }
}
