package kvs.transfer;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import kvs.command.Invocation;
import kvs.command.Progress;
import kvs.world.Clock;

/**
 * The report of a transfer for a person: a line of progress, refusals, and a summary. It contains nothing of
 * a document. One thread.
 */
public final class TransferReporter implements AutoCloseable {

    /** Maximum refusals that are listed; all are counted. More would hide the first, most useful ones. */
    static final int LISTED_MAX = 1_000;
    /** Maximum entries with a note of one kind that are listed. */
    static final int NOTED_MAX = 100;
    /** Maximum characters of a line: a path, and the reason why it was refused. */
    private static final int TEXT_MAX = 5_000;
    private static final double MEGA = 1e6;

    private final PrintStream out;
    private final TransferProgress progress;
    private final Clock clock;
    private long began;
    private long documents;
    private long metadata;
    private long bytes;
    private long refused;
    /** The documents that are expected in all; 0 when that is unknown. */
    private long expected;
    private long listed;
    private boolean compared;
    private long created;
    private long changed;
    private long unchanged;
    private final Map<EntryNote, Long> notes = new EnumMap<>(EntryNote.class);

    /**
     * The progress of a transfer.
     *
     * @param line the line about it, of bytes if their number is known, else of documents
     * @param totalBytes the bytes that {@link #moved} will have counted at the end; 0 when that is unknown
     */
    public record TransferProgress(Progress line, long totalBytes) {

        /** The progress through that many bytes, or through documents if that is 0. */
        public static TransferProgress of(Invocation invocation, boolean quiet, long totalBytes) {
            String unit = totalBytes > 0 ? "bytes" : "documents";
            return new TransferProgress(new Progress(invocation, unit, quiet), totalBytes);
        }

        private void show(long documents, long bytes, long totalDocuments) {
            if (totalBytes > 0) {
                line.show(bytes, totalBytes);
            } else {
                line.show(documents, totalDocuments);
            }
        }
    }

    /** A report to {@code out}. */
    public TransferReporter(PrintStream out, TransferProgress progress, Clock clock) {
        this.out = out;
        this.progress = progress;
        this.clock = clock;
        this.began = clock.nanos();
    }

    /** Starts the clock of the report: the time to open the store does not count. */
    void begin() {
        began = clock.nanos();
    }

    /** Whether anybody sees the line of progress. */
    boolean isShown() {
        return progress.line.isShown();
    }

    /** Sets the number of documents that are expected in all; 0 when that is unknown. */
    void expect(long documentsInAll) {
        expected = documentsInAll;
    }

    /** Counts items and bytes that were transferred. */
    void moved(long moreDocuments, long moreMetadata, long moreBytes) {
        documents += moreDocuments;
        metadata += moreMetadata;
        bytes += moreBytes;
        progress.show(documents, bytes, expected);
    }

    /** Counts documents that were compared with those of the target. */
    void compared(long moreNew, long moreChanged, long moreUnchanged) {
        compared = true;
        created += moreNew;
        changed += moreChanged;
        unchanged += moreUnchanged;
    }

    /** Counts a difference between an entry and its document; an entry that loses something is named. */
    void noted(EntryNote note, String where, String path) {
        long count = notes.merge(note, 1L, Long::sum);
        if (note.isLossy() && count <= NOTED_MAX) {
            print(where + ": key '" + path + "': " + note.text());
        } else if (note.isLossy() && count == NOTED_MAX + 1) {
            print("further entries of this kind are counted, but not listed");
        }
    }

    /** Reports and counts a refusal. */
    void refused(String where, String why) {
        refused++;
        if (++listed <= LISTED_MAX) {
            print(where + ": " + why);
        } else if (listed == LISTED_MAX + 1) {
            print("further refused lines are counted, but not listed");
        }
    }

    /** Adds the refusals of the interrupted run that this one continues. */
    void refusedBefore(long count) {
        refused += count;
    }

    /** Prints a message. */
    void print(String text) {
        progress.line.clear();
        out.println(shown(text));
    }

    /** The text without control characters, which a terminal would obey: anybody can name a path. */
    private static String shown(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().limit(TEXT_MAX).forEach(c -> {
            boolean format = Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.LINE_SEPARATOR
                    || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                    || Character.getType(c) == Character.SURROGATE;
            if (Character.isISOControl(c) || format) {
                safe.append(String.format("\\u%04x", c));
            } else {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }

    /** Prints the summary. */
    void summary(String verb) {
        notes.forEach((note, count) -> print(String.format(Locale.ROOT, "%,d %s: %s", count,
                count == 1 ? "entry" : "entries", note.text())));
        print(verb + " " + figures() + (refused > 0 ? ", " + refused + " refused" : ""));
        out.flush();
    }

    /** The number of refused items. */
    public long refused() {
        return refused;
    }

    /** The number of transferred documents. */
    public long documents() {
        return documents;
    }

    /** Removes the line of progress. */
    @Override
    public void close() {
        progress.line.close();
    }

    private String figures() {
        double seconds = Math.max(1, clock.nanos() - began) / 1e9;
        String comparison = compared ? String.format(Locale.ROOT, " (%,d new, %,d changed), %,d unchanged",
                created, changed, unchanged) : "";
        String paths = metadata > 0 ? String.format(Locale.ROOT, ", metadata of %,d paths", metadata) : "";
        return String.format(Locale.ROOT, "%,d documents%s%s, %,.1f MB, in %.1f s: %,.0f/s", documents,
                comparison, paths, bytes / MEGA, seconds, (documents + unchanged) / seconds);
    }
}
