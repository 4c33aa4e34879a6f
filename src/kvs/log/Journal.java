package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * The log as a whole: its segments, the MANIFEST that names them, and the end where the next group is
 * appended. Reading is thread-safe; the rest belongs to the writer's thread.
 */
public final class Journal implements AutoCloseable {

    /** Step between the numbers of two segments; compaction uses the numbers between for its segments. */
    static final int NUMBER_STEP = 16;

    private final StorageEnvironment environment;
    private final StorageSettings settings;
    private final OpenSegments segments;
    private final SegmentKeyFilters filters;
    /** The written length of each complete segment, by number. */
    private final Map<Integer, Integer> sizes = new ConcurrentHashMap<>();
    private volatile Manifest manifest;
    private volatile SegmentSequence layout;
    private final LogTail tail;
    private boolean full;
    /** Whether MANIFEST holds the present boot. */
    private volatile boolean noted = true;

    /** A journal whose last segment continues at {@code end}; 0 for a new segment. */
    public Journal(StorageEnvironment environment, StorageSettings settings, Manifest manifest,
            SegmentsAndFilters opened, int end) {
        this.environment = environment;
        this.settings = settings;
        this.manifest = manifest;
        this.layout = new SegmentSequence(
                manifest.segments().stream().map(Manifest.LiveSegment::number).toList(), List.of());
        manifest.segments().forEach(live -> sizes.put(live.number(), live.durable()));
        this.segments = opened.segments;
        this.filters = opened.filters;
        this.tail = new LogTail(environment.clock(), settings.preallocateBytes(),
                end == 0 ? Optional.empty() : segments.get(manifest.last().number()), end);
    }

    /** The settings of the log. */
    public StorageSettings settings() {
        return settings;
    }

    /** Sets the source that reports whether there is little space on the disk. */
    public void scarce(BooleanSupplier isSpaceLow) {
        tail.scarce(isSpaceLow);
    }

    /** The open segments and their key filters. */
    public record SegmentsAndFilters(OpenSegments segments, SegmentKeyFilters filters) { }

    /** The present MANIFEST. */
    public Manifest manifest() {
        return manifest;
    }

    /** The layout of the segments. Thread-safe. */
    public SegmentSequence layout() {
        return layout;
    }

    /** The open segments. Thread-safe. */
    public OpenSegments segments() {
        return segments;
    }

    /** The key filters of the segments. */
    public SegmentKeyFilters filters() {
        return filters;
    }

    /** The number of the active segment, 0 before the first write. */
    public int segment() {
        return tail.active().map(Segment::number).orElse(0);
    }

    /** The salt of the checksums of the active segment. */
    public long salt() {
        return tail.active().orElseThrow().salt();
    }

    /** The offset of the next group. */
    public int end() {
        return tail.end();
    }

    /** The offset below which everything in the active segment is durable. */
    public int synced() {
        return tail.synced();
    }

    /** Prepares the next group: makes a new segment when the last one is full or there is none. */
    public void prepare() throws IOException {
        note();
        Optional<Segment> active = tail.active();
        if (active.isPresent() && tail.end() < settings.segmentBytes()
                && !(full && tail.end() > Segment.HEAD_BYTES)) {
            return;
        }
        if (active.isPresent()) {
            tail.complete();
            sizes.put(active.get().number(), tail.end());
            filters.seal();
        }
        List<Manifest.LiveSegment> live = new ArrayList<>(settled().segments());
        int number = live.isEmpty() ? 1 : Math.addExact(live.get(live.size() - 1).number(), NUMBER_STEP);
        var next = new Manifest.LiveSegment(number, environment.dice().bits(), Segment.HEAD_BYTES);
        live.add(next);
        Segment made = Segment.create(environment.disk(), next, environment.clock().wallMs(), tail.step());
        try {
            save(manifest.with(manifest.boots(), live));
        } catch (IOException e) {
            made.close();
            throw e;
        }
        segments.add(made);
        filters.begin(number);
        layout = layout.with(number);
        tail.begin(made);
        full = false;
    }

    /** Whether a group of that many bytes takes one write and one fsync: it needs no space and no segment. */
    public boolean hasRoom(int bytes) {
        return noted && !full && tail.end() < settings.segmentBytes() && tail.hasRoom(bytes);
    }

    /** The time of the last fsync of a group, 0 for none yet. */
    public long lastFsyncNanos() {
        return tail.lastFsyncNanos();
    }

    /**
     * Writes a group at the end; with {@code force} it is durable on return. After a failure the next group
     * is written at the same offset.
     */
    public void append(ByteBuffer group, boolean force) throws IOException {
        tail.append(group, force);
    }

    /** Whether compaction has replaced that segment. Thread-safe. */
    public boolean replaced(int number) {
        return !layout.numbers().contains(number);
    }

    /** The written length of a segment that is complete. Thread-safe. */
    public long bytes(int number) {
        return sizes.getOrDefault(number, Segment.HEAD_BYTES);
    }

    /** Starts a new segment with the next group. */
    public void roll() {
        full = true;
    }

    /**
     * Replaces segments by one that compaction made: the index points to it from now on. MANIFEST still names
     * the others, which stay complete until {@link #install}.
     */
    public void adopt(SegmentSequence.Replacement replacement) {
        sizes.put(replacement.made().number(), replacement.made().durable());
        layout = layout.with(replacement);
    }

    /**
     * Writes the replacements that {@code known} has too to MANIFEST; the replaced segments are removed
     * later.
     */
    public void install(SegmentSequence known) throws IOException {
        int count = layout.agreed(known);
        if (count == 0) {
            return;
        }
        List<SegmentSequence.Replacement> replacements = layout.replacements().subList(0, count);
        save(settled().replaced(replacements, environment.disk().list()));
        for (SegmentSequence.Replacement replacement : replacements) {
            replacement.replaced().forEach(number -> segments.retire(number, environment.clock().nanos()));
        }
        layout = layout.installed(count);
        sizes.keySet().retainAll(layout.numbers());
    }

    /** Makes all appended groups durable. */
    public void force() throws IOException {
        tail.force();
    }

    /** The counts of the log that ends at {@code length} of {@code segment}. */
    public LogCounts counts(int segment, long length) {
        long before = manifest.segments().stream().filter(live -> live.number() != segment)
                .mapToLong(Manifest.LiveSegment::durable).sum();
        return new LogCounts(segments.count(), before + length, tail.fsyncs(), tail.fsyncNanos());
    }

    /**
     * Writes to MANIFEST how far the log is durable: unreadable bytes below that are damage, not a torn tail.
     * A refused group is cut off, however much of it was written.
     */
    public void settle() throws IOException {
        tail.clear();
        tail.force();
        save(settled());
    }

    /**
     * Whether {@link #settle} has to write anything for the log that ends at {@code length} of
     * {@code segment}. Thread-safe.
     */
    public boolean unsettled(int segment, long length) {
        Manifest known = manifest;
        return !known.segments().isEmpty() && known.last().number() == segment
                && known.last().durable() < length;
    }

    /** Gives the directory a new origin. */
    public void renew(UUID origin) throws IOException {
        save(manifest.with(origin, manifest.retired()));
    }

    /**
     * Begins a new boot after {@code lastSeq} and returns its number. Nothing is written under it before
     * {@link #note}.
     */
    public long boot(long lastSeq) {
        long number = manifest.nextBoot(environment.clock().wallMs());
        manifest = settled().booted(number, lastSeq);
        noted = false;
        return number;
    }

    /** Writes the present boot to MANIFEST, if it is not there yet. */
    void note() throws IOException {
        if (!noted) {
            save(settled());
        }
    }

    /** Whether MANIFEST holds the present boot. Thread-safe. */
    boolean noted() {
        return noted;
    }

    /** Gives back the preallocated space behind the end. */
    void trim() throws IOException {
        tail.trim();
    }

    @Override
    public void close() throws IOException {
        segments.close();
    }

    private Manifest settled() {
        return tail.active().isEmpty() ? manifest : manifest.durable(tail.synced());
    }

    private void save(Manifest next) throws IOException {
        next.save(environment.disk());
        manifest = next;
        noted = true;
    }
}
