package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import kvs.model.SequenceNumber;
import kvs.tree.Entry;

/**
 * The log as a whole: its segments, the MANIFEST that names them, and the end where the next group is
 * appended. Reading is thread-safe; the rest belongs to the writer's thread.
 */
public final class Journal implements AutoCloseable {

    /** Step between the numbers of two segments; compaction uses the numbers between for its segments. */
    static final int NUMBER_STEP = 16;
    private static final int SCARCE_STEP_BYTES = 64 << 10;

    private final StorageEnvironment environment;
    private final StorageSettings settings;
    private final SegmentTable segments;
    private final SegmentKeyFilters filters;
    /** The written length of each complete segment, by number. */
    private final Map<Integer, Integer> sizes = new ConcurrentHashMap<>();
    private volatile Manifest manifest;
    private volatile SegmentLayout layout;
    private Optional<Segment> active;
    private boolean full;
    /** Whether MANIFEST holds the present boot. */
    private volatile boolean noted = true;
    /** Whether bytes of a refused group may lie behind the end. */
    private boolean unsure;
    private BooleanSupplier scarce = () -> false;
    private int end;
    private int synced;
    private final LongAdder fsyncs = new LongAdder();
    private final LongAdder fsyncNanos = new LongAdder();

    /** A journal whose last segment continues at {@code end}; 0 for a new segment. */
    public Journal(StorageEnvironment environment, StorageSettings settings, Manifest manifest,
            OpenSegments opened, int end) {
        this.environment = environment;
        this.settings = settings;
        this.manifest = manifest;
        this.layout = new SegmentLayout(
                manifest.segments().stream().map(Manifest.LiveSegment::number).toList(), List.of());
        manifest.segments().forEach(live -> sizes.put(live.number(), live.durable()));
        this.segments = opened.segments;
        this.filters = opened.filters;
        this.active = end == 0 ? Optional.empty() : segments.get(last(manifest).number());
        this.end = end;
        this.synced = end;
    }

    /** The settings of the log. */
    public StorageSettings settings() {
        return settings;
    }

    /** Sets the source that reports whether there is little space on the disk. */
    public void scarce(BooleanSupplier isSpaceLow) {
        scarce = isSpaceLow;
    }

    /** The open segments and their key filters. */
    public record OpenSegments(SegmentTable segments, SegmentKeyFilters filters) { }

    /** The present MANIFEST. */
    public Manifest manifest() {
        return manifest;
    }

    /** The layout of the segments. Thread-safe. */
    public SegmentLayout layout() {
        return layout;
    }

    /** The open segments. Thread-safe. */
    public SegmentTable segments() {
        return segments;
    }

    /** The key filters of the segments. */
    public SegmentKeyFilters filters() {
        return filters;
    }

    /** The number of the active segment, 0 before the first write. */
    public int segment() {
        return active.map(Segment::number).orElse(0);
    }

    /** The salt of the checksums of the active segment. */
    public long salt() {
        return active.orElseThrow().salt();
    }

    /** The offset of the next group. */
    public int end() {
        return end;
    }

    /** The offset below which everything in the active segment is durable. */
    public int synced() {
        return synced;
    }

    /** Prepares the next group: makes a new segment when the last one is full or there is none. */
    public void prepare() throws IOException {
        note();
        if (active.isPresent() && end < settings.segmentBytes() && !(full && end > Segment.HEAD_BYTES)) {
            return;
        }
        if (active.isPresent()) {
            active.get().cut(end);
            sizes.put(active.get().number(), end);
            fsyncs.increment();
            synced = end;
            filters.seal();
        }
        List<Manifest.LiveSegment> live = new ArrayList<>(settled().segments());
        int number = live.isEmpty() ? 1 : Math.addExact(live.get(live.size() - 1).number(), NUMBER_STEP);
        var next = new Manifest.LiveSegment(number, environment.dice().bits(), Segment.HEAD_BYTES);
        live.add(next);
        Segment made = Segment.create(environment.disk(), next, environment.clock().wallMs(), step());
        try {
            save(manifest.with(manifest.boots(), live));
        } catch (IOException e) {
            made.close();
            throw e;
        }
        segments.add(made);
        filters.begin(number);
        layout = layout.with(number);
        active = Optional.of(made);
        full = false;
        end = Segment.HEAD_BYTES;
        synced = end;
    }

    /**
     * Writes a group at the end; with {@code force} it is durable on return. After a failure the next group
     * is written at the same offset.
     */
    public void append(ByteBuffer group, boolean force) throws IOException {
        int bytes = group.remaining();
        Segment segment = active.orElseThrow();
        clear();
        segment.reserve((long) end + bytes, step());
        unsure = true;
        segment.append(group, end);
        if (force) {
            force(segment);
            synced = end + bytes;
        }
        end += bytes;
        unsure = false;
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
    public void adopt(SegmentLayout.Replacement replacement) {
        sizes.put(replacement.made().number(), replacement.made().durable());
        layout = layout.with(replacement);
    }

    /**
     * Writes the replacements that {@code known} has too to MANIFEST; the replaced segments are removed
     * later.
     */
    public void install(SegmentLayout known) throws IOException {
        List<Manifest.LiveSegment> live = new ArrayList<>(settled().segments());
        List<Integer> retired = new ArrayList<>(manifest.retired());
        List<String> names = environment.disk().list();
        retired.removeIf(number -> !names.contains(FileNames.segment(number)));
        int count = 0;
        while (count < layout.swaps().size() && known.swaps().contains(layout.swaps().get(count))) {
            SegmentLayout.Replacement replacement = layout.swaps().get(count++);
            int at = live.indexOf(live.stream().filter(s -> s.number() == replacement.victims().get(0))
                    .findFirst().orElseThrow());
            live.removeIf(s -> replacement.victims().contains(s.number()));
            live.add(at, replacement.made());
            retired.addAll(replacement.victims());
        }
        if (count == 0) {
            return;
        }
        save(manifest.with(manifest.boots(), live).with(manifest.origin(), retired));
        for (SegmentLayout.Replacement replacement : layout.swaps().subList(0, count)) {
            replacement.victims().forEach(number -> segments.retire(number, environment.clock().nanos()));
        }
        layout = layout.installed(count);
        sizes.keySet().retainAll(layout.numbers());
    }

    /** The growth of the segment: small when there is little space. */
    private int step() {
        return scarce.getAsBoolean() ? Math.min(SCARCE_STEP_BYTES, settings.preallocateBytes())
                : settings.preallocateBytes();
    }

    /** Makes all appended groups durable. */
    public void force() throws IOException {
        if (active.isPresent() && synced < end) {
            force(active.get());
            synced = end;
        }
    }

    private void force(Segment segment) throws IOException {
        long began = environment.clock().nanos();
        segment.force();
        fsyncs.increment();
        fsyncNanos.add(environment.clock().nanos() - began);
    }

    /** The counts of the log that ends at {@code length} of {@code segment}. */
    public LogCounts counts(int segment, long length) {
        long before = manifest.segments().stream().filter(live -> live.number() != segment)
                .mapToLong(Manifest.LiveSegment::durable).sum();
        return new LogCounts(segments.count(), before + length, fsyncs.sum(), fsyncNanos.sum());
    }

    /**
     * Writes to MANIFEST how far the log is durable: unreadable bytes below that are damage, not a torn tail.
     * A refused group is cut off, however much of it was written.
     */
    public void settle() throws IOException {
        clear();
        force();
        save(settled());
    }

    /**
     * Cuts off a refused group. A group is written over zeros only: this makes visible what a power cut
     * leaves out of it.
     */
    private void clear() throws IOException {
        if (unsure) {
            active.orElseThrow().cut(end);
            unsure = false;
        }
    }

    /**
     * Whether {@link #settle} has to write anything for the log that ends at {@code length} of
     * {@code segment}. Thread-safe.
     */
    public boolean unsettled(int segment, long length) {
        List<Manifest.LiveSegment> live = manifest.segments();
        return !live.isEmpty() && last(manifest).number() == segment && last(manifest).durable() < length;
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
        List<Manifest.Boot> boots = new ArrayList<>(manifest.boots());
        long previous = 0;
        if (!boots.isEmpty()) {
            previous = boots.remove(boots.size() - 1).number();
            boots.add(new Manifest.Boot(previous, lastSeq));
        }
        long number = SequenceNumber.boot(previous, environment.clock().wallMs());
        boots.add(new Manifest.Boot(number, SequenceNumber.start(number)));
        manifest = settled().with(boots, settled().segments());
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
        if (active.isPresent()) {
            active.get().cut(end);
        }
    }

    /** The record of an older version of an entry's key. */
    public Record.Put record(Entry entry, int index) throws IOException {
        int[] past = entry.past();
        Segment segment = segments.get(VersionChain.segment(past, index))
                .orElseThrow(() -> new BadRecordException("its segment is missing"));
        return segment.readRecord(VersionChain.offset(past, index),
                VersionChain.bytes(past, index), entry.key());
    }

    /** The record of an entry, in its stored form. */
    public Record.Put record(Entry entry) throws IOException {
        return segments.get(entry.segment())
                .orElseThrow(() -> new BadRecordException("its segment is missing")).readRecord(entry);
    }

    @Override
    public void close() throws IOException {
        segments.close();
    }

    private Manifest settled() {
        if (active.isEmpty()) {
            return manifest;
        }
        List<Manifest.LiveSegment> live = new ArrayList<>(manifest.segments());
        Manifest.LiveSegment last = live.remove(live.size() - 1);
        live.add(new Manifest.LiveSegment(last.number(), last.salt(), synced));
        return manifest.with(manifest.boots(), live);
    }

    private void save(Manifest next) throws IOException {
        next.save(environment.disk());
        manifest = next;
        noted = true;
    }

    private static Manifest.LiveSegment last(Manifest manifest) {
        return manifest.segments().get(manifest.segments().size() - 1);
    }
}
