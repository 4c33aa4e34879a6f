package kvs.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import kvs.model.Refusal;
import kvs.world.FailureText;

/**
 * Stores the lines of a file in a node, batch by batch in their order, so the last of several lines with one
 * path wins. A refused line is reported with its number, and all others are stored. One use, one thread;
 * while it reads the next lines, the target stores those before.
 */
public final class Import {

    /** Bytes of a batch: a document that would exceed this starts another batch. */
    private static final int BATCH_BYTES = 4 << 20;

    private final DocumentTarget target;
    private final ImportOptions plan;
    private final TransferReporter report;
    private final Deque<PendingBatch> pendingBatches = new ArrayDeque<>();
    private Batch batch = new Batch();
    /** The end of the last line that was parsed. */
    private LineEnd looked = new LineEnd(0, 0, 0, 0);
    /** The number of lines that were refused before they entered a batch. */
    private long unread;
    private long turnedDown;
    private long leftOut;
    private String what = "";
    private Optional<ImportProgress> savedProgress = Optional.empty();
    private ImportProgress.FileOffset done = ImportProgress.FileOffset.START;

    /**
     * The options of an import.
     *
     * @param metadata whether metadata is imported too; else its lines are skipped
     * @param renames the prefixes of paths to replace
     */
    public record ImportOptions(boolean metadata, PathRenames renames) { }

    /** Opens the file at its start. */
    @FunctionalInterface
    public interface InputOpener {

        /** The stream of lines. */
        InputStream open() throws IOException;
    }

    /** Items of one kind, their line numbers, and their size. */
    private static final class Batch {

        private final List<TransferItem> items = new ArrayList<>();
        private final List<Long> lines = new ArrayList<>();
        private long bytes;

        void add(TransferItem item, long line) {
            items.add(item);
            lines.add(line);
            bytes += item.bytes();
        }

        boolean fits(TransferItem item, int itemsMax) {
            return items.isEmpty() || items.size() < itemsMax && bytes + item.bytes() <= BATCH_BYTES
                    && documents() == item instanceof TransferItem.DocumentItem;
        }

        boolean documents() {
            return items.get(0) instanceof TransferItem.DocumentItem;
        }
    }

    /** The end of a line, and the number of lines up to it that were refused before they entered a batch. */
    private record LineEnd(long offset, long line, long crc, long unread) { }

    /**
     * A batch that was submitted and is not complete.
     *
     * @param end the end of its last line
     */
    private record PendingBatch(Batch batch, LineEnd end, CompletionStage<List<Optional<String>>> stage) { }

    /** An import into {@code target}. */
    public Import(DocumentTarget target, ImportOptions plan, TransferReporter report) {
        this.target = target;
        this.plan = plan;
        this.report = report;
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
        what = id.orElse("") + "\n" + plan.metadata + "\n" + plan.renames.text();
        savedProgress = id.isEmpty() ? Optional.empty() : place;
        boolean complete = false;
        try (LineReader lines = open(file)) {
            while (lines.next()) {
                take(lines);
                looked = new LineEnd(lines.offset(), lines.number(), lines.crc(), unread);
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
        report.summary("imported");
    }

    private LineReader open(InputOpener file) throws IOException {
        int lineMax = NdjsonCodec.bytesMax(target.documentBytesMax());
        ImportProgress.FileOffset mark = savedProgress.isPresent() ? savedProgress.get().find(what)
                : ImportProgress.FileOffset.START;
        LineReader lines = new LineReader(file.open(), lineMax);
        if (mark.offset() == 0) {
            return lines;
        }
        if (lines.skip(mark.offset(), mark.crc(), mark.line())) {
            done = mark;
            looked = new LineEnd(mark.offset(), mark.line(), mark.crc(), mark.counts().refused());
            unread = mark.counts().refused();
            report.refusedBefore(unread);
            report.print("continuing after line " + mark.line() + ": " + mark.counts().documents()
                    + " documents were imported before");
            return lines;
        }
        report.print("the file has changed since the interruption: the import starts again");
        lines.close();
        return new LineReader(file.open(), lineMax);
    }

    private void take(LineReader lines) throws IOException {
        if (lines.tooLong()) {
            refuse(lines.number(),
                    "the line has more than " + NdjsonCodec.bytesMax(target.documentBytesMax()) + " bytes");
            return;
        }
        TransferItem item;
        try {
            item = NdjsonCodec.parse(lines.line(), plan.renames);
        } catch (Refusal refusal) {
            refuse(lines.number(), refusal.detail());
            return;
        }
        if (item instanceof TransferItem.MetadataItem && !plan.metadata) {
            leftOut++;
            return;
        }
        if (!batch.fits(item, target.itemsMax())) {
            boolean turns = batch.documents() != item instanceof TransferItem.DocumentItem;
            fly();
            if (turns) {
                // Metadata of a key applies to the present key, so the documents before it must be stored.
                land(0);
            }
        }
        batch.add(item, lines.number());
    }

    private void refuse(long line, String why) {
        unread++;
        report.refused("line " + line, why);
    }

    private void fly() throws IOException {
        if (!batch.items.isEmpty()) {
            land(target.flightsMax() - 1);
            pendingBatches.add(new PendingBatch(batch, looked, target.put(batch.items)));
            batch = new Batch();
        }
    }

    /** Waits until at most {@code most} batches are under way. */
    private void land(int most) throws IOException {
        while (pendingBatches.size() > most) {
            PendingBatch first = pendingBatches.remove();
            batchCompleted(first, verdicts(first.stage));
            if (savedProgress.isPresent() && savedProgress.get().due()) {
                savedProgress.get().save(what, done, report);
            }
        }
    }

    private static List<Optional<String>> verdicts(CompletionStage<List<Optional<String>>> stage)
            throws IOException {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw new IOException(FailureText.text(failure), failure);
            }
            throw e;
        }
    }

    private void batchCompleted(PendingBatch batch, List<Optional<String>> verdicts) {
        long taken = 0;
        for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i).isPresent()) {
                turnedDown++;
                report.refused("line " + batch.batch.lines.get(i), verdicts.get(i).get());
            } else {
                taken++;
            }
        }
        boolean documents = batch.batch.documents();
        LineEnd end = batch.end;
        report.moved(documents ? taken : 0, documents ? 0 : taken, end.offset - done.offset());
        ImportProgress.Counts before = done.counts();
        done = new ImportProgress.FileOffset(end.offset, end.line, end.crc,
                new ImportProgress.Counts(before.documents() + (documents ? taken : 0),
                        before.metadata() + (documents ? 0 : taken), end.unread + turnedDown));
    }
}
