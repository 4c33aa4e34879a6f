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
import kvs.world.Failures;

/**
 * Puts the lines of a file into a node, batch by batch in their order, so of several lines with one path the last one holds. A line that is refused
 * is reported with its number, and all others are taken. One use, one thread; while it reads the next lines, the target works on those before.
 */
public final class Import {

    /** Bytes of a batch: the next document goes into another one beyond this. */
    private static final int BATCH_BYTES = 4 << 20;

    private final Target target;
    private final Plan plan;
    private final Report report;
    private final Deque<Flight> flights = new ArrayDeque<>();
    private Batch batch = new Batch();
    /** Behind the last line that was looked at. */
    private Place looked = new Place(0, 0, 0, 0);
    /** Lines that were refused before they came into a batch. */
    private long unread;
    private long turnedDown;
    private long leftOut;
    private String what = "";
    private Optional<Bookmark> bookmark = Optional.empty();
    private Bookmark.Mark done = Bookmark.Mark.START;

    /**
     * What is taken.
     *
     * @param metadata whether what is set on paths is taken too; else such lines are passed over
     * @param renames other names for the paths of the file
     */
    public record Plan(boolean metadata, Renames renames) { }

    /** Opens the file, from its start. */
    @FunctionalInterface
    public interface Opening {

        /** The lines. */
        InputStream open() throws IOException;
    }

    /** Items of one kind, the numbers of their lines, and how much they hold. */
    private static final class Batch {

        private final List<Item> items = new ArrayList<>();
        private final List<Long> lines = new ArrayList<>();
        private long bytes;

        void add(Item item, long line) {
            items.add(item);
            lines.add(line);
            bytes += item.bytes();
        }

        boolean fits(Item item, int itemsMax) {
            return items.isEmpty() || items.size() < itemsMax && bytes + item.bytes() <= BATCH_BYTES && documents() == item instanceof Item.Document;
        }

        boolean documents() {
            return items.get(0) instanceof Item.Document;
        }
    }

    /** Where a line ends, and how many up to there were refused before they came into a batch. */
    private record Place(long offset, long line, long crc, long unread) { }

    /**
     * A batch under way.
     *
     * @param end behind its last line
     */
    private record Flight(Batch batch, Place end, CompletionStage<List<Optional<String>>> stage) { }

    /** An import into {@code target}. */
    public Import(Target target, Plan plan, Report report) {
        this.target = target;
        this.plan = plan;
        this.report = report;
    }

    /**
     * Takes everything, from the bookmark on if there is one that fits.
     *
     * @throws IOException when it was interrupted: what the bookmark says is in, and the same import goes on from there
     */
    public void run(Opening file, Optional<Bookmark> place) throws IOException {
        report.begin();
        Optional<String> id = target.id();
        what = id.orElse("") + "\n" + plan.metadata + "\n" + plan.renames.text();
        bookmark = id.isEmpty() ? Optional.empty() : place;
        boolean complete = false;
        try (LineInput lines = open(file)) {
            while (lines.next()) {
                take(lines);
                looked = new Place(lines.offset(), lines.number(), lines.crc(), unread);
            }
            fly();
            land(0);
            complete = true;
        } finally {
            if (!complete && done.offset() > 0) {
                bookmark.ifPresent(mark -> mark.save(what, done, report));
            }
        }
        if (bookmark.isPresent()) {
            bookmark.get().remove();
        }
        if (leftOut > 0) {
            report.say(leftOut + " lines of metadata were passed over: --metadata takes them");
        }
        report.summary("imported");
    }

    private LineInput open(Opening file) throws IOException {
        int lineMax = Line.bytesMax(target.documentBytesMax());
        Bookmark.Mark mark = bookmark.isPresent() ? bookmark.get().find(what) : Bookmark.Mark.START;
        LineInput lines = new LineInput(file.open(), lineMax);
        if (mark.offset() == 0) {
            return lines;
        }
        if (lines.skip(mark.offset(), mark.crc(), mark.line())) {
            done = mark;
            looked = new Place(mark.offset(), mark.line(), mark.crc(), mark.counts().refused());
            unread = mark.counts().refused();
            report.refusedBefore(unread);
            report.say("goes on behind line " + mark.line() + ": " + mark.counts().documents() + " documents are in already");
            return lines;
        }
        report.say("the file has changed since the import was interrupted, so it starts over");
        lines.close();
        return new LineInput(file.open(), lineMax);
    }

    private void take(LineInput lines) throws IOException {
        if (lines.tooLong()) {
            refuse(lines.number(), "the line has more than " + Line.bytesMax(target.documentBytesMax()) + " bytes");
            return;
        }
        Item item;
        try {
            item = Line.parse(lines.line(), plan.renames);
        } catch (Refusal why) {
            refuse(lines.number(), why.detail());
            return;
        }
        if (item instanceof Item.Metadata && !plan.metadata) {
            leftOut++;
            return;
        }
        if (!batch.fits(item, target.itemsMax())) {
            boolean turns = batch.documents() != item instanceof Item.Document;
            fly();
            if (turns) {
                // What is set on a key is set on the one that is there: the documents before it must be.
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
            flights.add(new Flight(batch, looked, target.put(batch.items)));
            batch = new Batch();
        }
    }

    /** Waits until at most so many batches are under way. */
    private void land(int most) throws IOException {
        while (flights.size() > most) {
            Flight first = flights.remove();
            landed(first, verdicts(first.stage));
            if (bookmark.isPresent() && bookmark.get().due()) {
                bookmark.get().save(what, done, report);
            }
        }
    }

    private static List<Optional<String>> verdicts(CompletionStage<List<Optional<String>>> stage) throws IOException {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException why) {
                throw new IOException(Failures.text(why), why);
            }
            throw e;
        }
    }

    private void landed(Flight flight, List<Optional<String>> verdicts) {
        long taken = 0;
        for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i).isPresent()) {
                turnedDown++;
                report.refused("line " + flight.batch.lines.get(i), verdicts.get(i).get());
            } else {
                taken++;
            }
        }
        boolean documents = flight.batch.documents();
        Place end = flight.end;
        report.moved(documents ? taken : 0, documents ? 0 : taken, end.offset - done.offset());
        Bookmark.Counts before = done.counts();
        done = new Bookmark.Mark(end.offset, end.line, end.crc, new Bookmark.Counts(before.documents() + (documents ? taken : 0),
                before.metadata() + (documents ? 0 : taken), end.unread + turnedDown));
    }
}
