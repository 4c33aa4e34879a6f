package kvs.store;

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
import kvs.model.Sequence;
import kvs.tree.Entry;

/**
 * The log as a whole: its segments, the MANIFEST that names them, and the end where the next group goes. Reading is thread-safe; the rest
 * belongs to the writer's thread.
 */
final class Journal implements AutoCloseable {

    /** Numbers left free between two segments, for those that compaction puts in their place. */
    static final int NUMBER_STEP = 16;
    private static final int SCARCE_STEP_BYTES = 64 << 10;

    private final Doors doors;
    private final StoreSettings settings;
    private final Segments segments;
    private final KeyFilters filters;
    /** Of the segments that are complete, how far each is written. */
    private final Map<Integer, Integer> sizes = new ConcurrentHashMap<>();
    private volatile Manifest manifest;
    private volatile Layout layout;
    private Optional<Segment> active;
    private boolean full;
    /** Whether MANIFEST knows the present boot. */
    private volatile boolean noted = true;
    /** Whether something may stand behind the end that was refused. */
    private boolean unsure;
    private BooleanSupplier scarce = () -> false;
    private int end;
    private int synced;
    private final LongAdder fsyncs = new LongAdder();
    private final LongAdder fsyncNanos = new LongAdder();

    /** A journal whose last segment goes on at {@code end}, or a new one is made when that is 0. */
    Journal(Doors doors, StoreSettings settings, Manifest manifest, Opened opened, int end) {
        this.doors = doors;
        this.settings = settings;
        this.manifest = manifest;
        this.layout = new Layout(manifest.segments().stream().map(Manifest.Live::number).toList(), List.of());
        manifest.segments().forEach(live -> sizes.put(live.number(), live.durable()));
        this.segments = opened.segments;
        this.filters = opened.filters;
        this.active = end == 0 ? Optional.empty() : segments.get(last(manifest).number());
        this.end = end;
        this.synced = end;
    }

    StoreSettings settings() {
        return settings;
    }

    /** Tells when there is little room on the disk. */
    void scarce(BooleanSupplier little) {
        scarce = little;
    }

    /** What was opened. */
    record Opened(Segments segments, KeyFilters filters) { }

    Manifest manifest() {
        return manifest;
    }

    /** The segments of the log. Thread-safe. */
    Layout layout() {
        return layout;
    }

    /** Thread-safe. */
    Segments segments() {
        return segments;
    }

    KeyFilters filters() {
        return filters;
    }

    /** Number of the segment that is written to, 0 before the first write. */
    int segment() {
        return active.map(Segment::number).orElse(0);
    }

    long salt() {
        return active.orElseThrow().salt();
    }

    /** Where the next group goes. */
    int end() {
        return end;
    }

    /** Below this everything in the active segment is durable. */
    int synced() {
        return synced;
    }

    /** Makes the next group possible: a new segment when the last one is full or there is none. */
    void prepare() throws IOException {
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
        List<Manifest.Live> live = new ArrayList<>(settled().segments());
        int number = live.isEmpty() ? 1 : Math.addExact(live.get(live.size() - 1).number(), NUMBER_STEP);
        Manifest.Live next = new Manifest.Live(number, doors.dice().bits(), Segment.HEAD_BYTES);
        live.add(next);
        Segment made = Segment.create(doors.disk(), next, doors.clock().wallMs(), step());
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

    /** Writes a group at the end; {@code force}: returns when it is durable. After a failure the same place is written again. */
    void append(ByteBuffer group, boolean force) throws IOException {
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

    /** Whether compaction has put another segment in the place of that one. Thread-safe. */
    boolean replaced(int number) {
        return !layout.numbers().contains(number);
    }

    /** How far a segment is written that is not written to any more. Thread-safe. */
    long bytes(int number) {
        return sizes.getOrDefault(number, Segment.HEAD_BYTES);
    }

    /** Has the next group begin a new segment. */
    void roll() {
        full = true;
    }

    /**
     * Puts a segment that compaction made in the place of others: the index points to it from now on. MANIFEST still names the others, which are
     * whole, until {@link #install}.
     */
    void adopt(Layout.Swap swap) {
        sizes.put(swap.made().number(), swap.made().durable());
        layout = layout.with(swap);
    }

    /** Has MANIFEST name what {@code known} has put in the place of others; those are removed by and by. */
    void install(Layout known) throws IOException {
        List<Manifest.Live> live = new ArrayList<>(settled().segments());
        List<Integer> retired = new ArrayList<>(manifest.retired());
        List<String> names = doors.disk().list();
        retired.removeIf(number -> !names.contains(Names.segment(number)));
        int count = 0;
        while (count < layout.swaps().size() && known.swaps().contains(layout.swaps().get(count))) {
            Layout.Swap swap = layout.swaps().get(count++);
            int at = live.indexOf(live.stream().filter(s -> s.number() == swap.victims().get(0)).findFirst().orElseThrow());
            live.removeIf(s -> swap.victims().contains(s.number()));
            live.add(at, swap.made());
            retired.addAll(swap.victims());
        }
        if (count == 0) {
            return;
        }
        save(manifest.with(manifest.boots(), live).with(manifest.origin(), retired));
        for (Layout.Swap swap : layout.swaps().subList(0, count)) {
            swap.victims().forEach(number -> segments.retire(number, doors.clock().nanos()));
        }
        layout = layout.installed(count);
        sizes.keySet().retainAll(layout.numbers());
    }

    /** By how much the segment grows: little when there is little room. */
    private int step() {
        return scarce.getAsBoolean() ? Math.min(SCARCE_STEP_BYTES, settings.preallocateBytes()) : settings.preallocateBytes();
    }

    /** Makes everything durable that was appended. */
    void force() throws IOException {
        if (active.isPresent() && synced < end) {
            force(active.get());
            synced = end;
        }
    }

    private void force(Segment segment) throws IOException {
        long began = doors.clock().nanos();
        segment.force();
        fsyncs.increment();
        fsyncNanos.add(doors.clock().nanos() - began);
    }

    /** What there is of the log, which ends there. */
    LogCounts counts(int segment, long length) {
        long before = manifest.segments().stream().filter(live -> live.number() != segment).mapToLong(Manifest.Live::durable).sum();
        return new LogCounts(segments.count(), before + length, fsyncs.sum(), fsyncNanos.sum());
    }

    /**
     * Notes in MANIFEST how far the log is durable: what is unreadable below that is damage, not a torn tail. A group that was refused goes, however
     * much of it had landed.
     */
    void settle() throws IOException {
        clear();
        force();
        save(settled());
    }

    /** A group is written over zeros only: then what a power cut leaves out of it can be told. */
    private void clear() throws IOException {
        if (unsure) {
            active.orElseThrow().cut(end);
            unsure = false;
        }
    }

    /** Whether {@link #settle} has something to note of the log, which ends there. Thread-safe. */
    boolean unsettled(int segment, long length) {
        List<Manifest.Live> live = manifest.segments();
        return !live.isEmpty() && last(manifest).number() == segment && last(manifest).durable() < length;
    }

    /** Gives the directory another id. */
    void renew(UUID origin) throws IOException {
        save(manifest.with(origin, manifest.retired()));
    }

    /** Begins a new boot, whose number is returned, after {@code lastSeq}. Nothing is written under it before {@link #note}. */
    long boot(long lastSeq) {
        List<Manifest.Boot> boots = new ArrayList<>(manifest.boots());
        long previous = 0;
        if (!boots.isEmpty()) {
            previous = boots.remove(boots.size() - 1).number();
            boots.add(new Manifest.Boot(previous, lastSeq));
        }
        long number = Sequence.boot(previous, doors.clock().wallMs());
        boots.add(new Manifest.Boot(number, Sequence.start(number)));
        manifest = settled().with(boots, settled().segments());
        noted = false;
        return number;
    }

    /** Has MANIFEST know the present boot, if it does not yet. */
    void note() throws IOException {
        if (!noted) {
            save(settled());
        }
    }

    /** Whether it does. Thread-safe. */
    boolean noted() {
        return noted;
    }

    /** Gives the room back that the log has ahead of its end. */
    void trim() throws IOException {
        if (active.isPresent()) {
            active.get().cut(end);
        }
    }

    /** The record of an older version of an entry's key. */
    Record.Put record(Entry entry, int index) throws IOException {
        int[] past = entry.past();
        Segment segment = segments.get(Past.segment(past, index)).orElseThrow(() -> new BadRecord("its segment is missing"));
        return segment.readRecord(Past.offset(past, index), Past.bytes(past, index), entry.key());
    }

    /** The record of an entry as it is stored. */
    Record.Put record(Entry entry) throws IOException {
        return segments.get(entry.segment()).orElseThrow(() -> new BadRecord("its segment is missing")).readRecord(entry);
    }

    @Override
    public void close() throws IOException {
        segments.close();
    }

    private Manifest settled() {
        if (active.isEmpty()) {
            return manifest;
        }
        List<Manifest.Live> live = new ArrayList<>(manifest.segments());
        Manifest.Live last = live.remove(live.size() - 1);
        live.add(new Manifest.Live(last.number(), last.salt(), synced));
        return manifest.with(manifest.boots(), live);
    }

    private void save(Manifest next) throws IOException {
        next.save(doors.disk());
        manifest = next;
        noted = true;
    }

    private static Manifest.Live last(Manifest manifest) {
        return manifest.segments().get(manifest.segments().size() - 1);
    }
}
