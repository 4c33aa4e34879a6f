package kvs.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import kvs.api.ChangeJson;
import kvs.auth.Principal;
import kvs.documents.AccessContext;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.documents.LocalDocuments;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.sim.SimDice;
import kvs.store.StoreView;
import kvs.world.Scheduler;
import kvs.world.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams on loops that a test drives: what each reader gets, and how often it is made. */
class ChangeStreamsTest {

    private static final String LAST = "id: ";
    /** Documents of 4,000 bytes in one page. */
    private static final int PAGE_DOCUMENTS = 12;
    private static final int LANE_BYTES_MAX = 8 << 20;
    private final LocalDocuments node = new LocalDocuments();
    private final Changes changes = new Changes(node.store, node.clock, new SimDice(7),
            () -> Optional.of(node.store.durable()));
    private final CountingEncoder encoder = new CountingEncoder(new ChangeJson(node.documents,
            origin -> Optional.empty()));
    private final ArrayDeque<Runnable> pool = new ArrayDeque<>();
    private final ChangeStreams streams = new ChangeStreams(node.store, new ChangeStreams.Dependencies(
            changes, encoder, node.clock, node, pool::add));
    private final LoopLane lane = new LoopLane();
    private final List<Reader> readers = new ArrayList<>();

    /** Counts what is encoded. */
    private static final class CountingEncoder implements EventEncoder {

        private final EventEncoder inner;
        private int changes;
        private int positions;

        CountingEncoder(EventEncoder inner) {
            this.inner = inner;
        }

        @Override
        public byte[] change(Changes.Change change, boolean values) {
            changes++;
            return inner.change(change, values);
        }

        @Override
        public byte[] position(ClientPosition position) {
            positions++;
            return inner.position(position);
        }

        @Override
        public byte[] end(Refusal refusal) {
            return inner.end(refusal);
        }
    }

    /** A loop that runs when the test says so. */
    private static final class LoopLane implements Executor {

        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private boolean stopped;

        @Override
        public void execute(Runnable task) {
            if (stopped) {
                throw new RejectedExecutionException("stopped");
            }
            tasks.add(task);
        }
    }

    /** A client with a socket that takes what it is {@code open} for. */
    private final class Reader implements EventSink {

        private final StringBuilder text = new StringBuilder();
        private final ChangeStream stream;
        private final Executor own;
        private boolean full;
        private boolean ended;
        private int offers;
        private Optional<Runnable> waiting = Optional.empty();

        Reader(StreamView view, AccessContext access, ClientPosition since, Executor own) {
            this.own = own;
            changes.check(since, access);
            stream = streams.stream(view, access, since, node.waits.admit("reader " + readers.size(), true));
            readers.add(this);
            stream.open(this);
        }

        @Override
        public Executor lane() {
            return own;
        }

        @Override
        public boolean isReady() {
            return !ended && !full;
        }

        @Override
        public boolean offer(byte[] bytes) {
            offers++;
            if (isReady()) {
                text.append(new String(bytes, StandardCharsets.UTF_8));
            }
            return isReady();
        }

        @Override
        public void whenReady(Runnable then) {
            waiting = Optional.of(then);
            drained();
        }

        /** Takes everything from now on, or nothing. */
        void takes(boolean all) {
            full = !all;
            drained();
        }

        private void drained() {
            if (isReady() && waiting.isPresent()) {
                Runnable then = waiting.get();
                waiting = Optional.empty();
                own.execute(then);
            }
        }

        @Override
        public void end(byte[] last) {
            text.append(new String(last, StandardCharsets.UTF_8));
            leave();
        }

        void leave() {
            ended = true;
            stream.closed();
        }

        /** The documents that came, in their order. */
        List<String> got() {
            return text.toString().lines().filter(line -> line.contains("\"data\":"))
                    .map(line -> line.replaceAll(".*\"data\":(.*)}", "$1")).toList();
        }

        /** The last position that came. */
        ClientPosition position() {
            int at = text.lastIndexOf(LAST) + LAST.length();
            return ClientPosition.parse(text.substring(at, text.indexOf("\n", at))).orElseThrow();
        }
    }

    @AfterEach
    void nothingIsLeftBehind() {
        readers.stream().filter(reader -> !reader.ended).forEach(Reader::leave);
        settle();
        pass(10_000);
        assertEquals(0, node.tasks(), "nothing runs without a stream");
        assertEquals(0, node.waits.size());
    }

    /** Lets the loop, the pool and the writer work until nothing is left. */
    private void settle() {
        while (!lane.tasks.isEmpty() || !pool.isEmpty()) {
            turn();
        }
    }

    private void turn() {
        if (!lane.tasks.isEmpty()) {
            lane.tasks.remove().run();
        } else {
            pool.remove().run();
        }
    }

    private void pass(long ms) {
        for (long passed = 0; passed < ms; passed += 10) {
            node.pass(10);
            settle();
        }
    }

    private static StreamView view(int user) {
        return new StreamView(new Principal(Principal.Kind.USER, new UUID(0, user), Optional.of(
                new UUID(1, user)), Collections.emptySet(), true, Long.MAX_VALUE), "", 1_000, true);
    }

    private Reader reader(int user) {
        Reader reader = new Reader(view(user), node.access, changes.now().orElseThrow(), lane);
        settle();
        return reader;
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }

    private void write(int number) {
        node.put("k" + number, Integer.toString(number));
    }

    @Test
    void readsAndEncodesOnceForAllStreamsOfAView() {
        List<Reader> all = IntStream.range(0, 60).mapToObj(i -> reader(1)).toList();
        pass(500);
        for (int i = 1; i <= 5; i++) {
            encoder.changes = 0;
            encoder.positions = 0;
            write(i);
            pass(20);
            assertEquals(1, encoder.changes, "the change, not once for each of " + all.size());
            assertEquals(1, encoder.positions, "the page");
        }
        for (Reader reader : all) {
            assertEquals(numbers(1, 5), reader.got());
            assertEquals(5, reader.offers, "nothing is sent without news");
        }
    }

    @Test
    void encodesAChangeOnceForAllViewsThatShowIt() {
        List<Reader> all = IntStream.range(0, 50).mapToObj(this::reader).toList();
        pass(500);
        encoder.changes = 0;
        write(1);
        pass(20);
        assertEquals(1, encoder.changes);
        all.forEach(reader -> assertEquals(numbers(1, 1), reader.got()));
    }

    @Test
    void holdsNothingForAReaderThatDoesNotReadAndReadsItAgainLater() {
        Reader slow = reader(1);
        Reader quick = reader(1);
        write(1);
        pass(20);
        slow.takes(false);
        for (int i = 2; i <= 40; i++) {
            write(i);
            pass(20);
        }
        assertEquals(numbers(1, 40), quick.got());
        assertEquals(numbers(1, 1), slow.got());
        assertTrue(slow.offers <= 2, slow.offers + " pages were made for it");
        slow.takes(true);
        settle();
        assertEquals(numbers(1, 40), slow.got(), "no gap, and nothing twice");
        write(41);
        pass(20);
        assertEquals(numbers(1, 41), slow.got(), "it is with the others again");
        assertEquals(numbers(1, 41), quick.got());
    }

    /** It reads by itself and is with the others again, while a page that it has read waits for its loop. */
    @Test
    void repeatsNothingOfPagesThatStillWait() {
        List<Reader> all = IntStream.range(0, 1_000).mapToObj(i -> reader(1)).toList();
        pass(300);
        Reader first = all.get(0);
        first.takes(false);
        for (int i = 1; i <= 2; i++) {
            write(i);
            node.pass(20);
        }
        lane.tasks.remove().run();
        first.takes(true);
        for (int i = 0; i < 4; i++) {
            lane.tasks.remove().run();
            Optional.ofNullable(pool.poll()).ifPresent(Runnable::run);
        }
        assertEquals(numbers(1, 2), first.got(), "of its own turn");
        assertEquals(List.of(), all.get(999).got(), "the pages of the round still wait");
        settle();
        write(3);
        pass(20);
        all.forEach(reader -> assertEquals(numbers(1, 3), reader.got()));
    }

    /** A loop that stands still must not collect pages without a bound. */
    @Test
    void readersOfALoopThatStandsStillReadByThemselvesLater() {
        List<Reader> all = IntStream.range(0, 60).mapToObj(i -> reader(i % 2)).toList();
        pass(300);
        for (int i = 1; i <= 60; i++) {
            write(i);
            node.pass(20);
        }
        lane.tasks.remove().run();
        write(61);
        node.pass(20);
        settle();
        all.forEach(reader -> assertEquals(numbers(1, 61), reader.got()));
        write(62);
        pass(20);
        all.forEach(reader -> assertEquals(numbers(1, 62), reader.got()));
    }

    private void writeAPage(String name) {
        for (int i = 0; i < PAGE_DOCUMENTS; i++) {
            node.put(name + i, "\"" + "x".repeat(4_000) + "\"");
        }
        node.pass(20);
    }

    private int offers() {
        return readers.stream().mapToInt(reader -> reader.offers).sum();
    }

    /** The pages that the loop sends when it is alone: those that it holds. */
    private int held() {
        int before = offers();
        while (!lane.tasks.isEmpty()) {
            lane.tasks.remove().run();
        }
        return offers() - before;
    }

    /** Each view has a page of its own; so the bytes of those that wait are bounded, and not only counted. */
    @Test
    void aLoopHoldsPagesOfSomeBytesOnly() {
        List<Reader> all = IntStream.range(0, 250).mapToObj(this::reader).toList();
        pass(300);
        writeAPage("first");
        lane.tasks.remove().run();
        int sent = offers();
        int page = all.get(0).text.length();
        assertTrue(page > 48_000 && all.size() * page > LANE_BYTES_MAX, page + " bytes a page");
        writeAPage("second");
        int held = held();
        assertTrue(held * page <= LANE_BYTES_MAX, held + " pages of " + page + " bytes wait");
        assertTrue((held + sent) * page > LANE_BYTES_MAX * 3 / 4, held + " wait, " + sent + " were sent");
        settle();
        all.forEach(reader -> assertEquals(2 * PAGE_DOCUMENTS, reader.got().size()));
    }

    @Test
    void resumesFromAPositionWithoutGapOrRepeat() {
        Reader before = reader(1);
        for (int i = 1; i <= 3; i++) {
            write(i);
            pass(20);
        }
        ClientPosition position = before.position();
        before.leave();
        for (int i = 4; i <= 9; i++) {
            write(i);
        }
        Reader after = new Reader(view(1), node.access, position, lane);
        settle();
        write(10);
        pass(20);
        assertEquals(numbers(4, 10), after.got());
    }

    /** Each reads a page, then the next one has its turn; so all come to the end at about the same time. */
    @Test
    void readersThatAreBehindHaveTheirTurns() {
        ClientPosition begin = changes.now().orElseThrow();
        for (int i = 1; i <= 300; i++) {
            write(i);
        }
        StreamView few = new StreamView(view(1).principal(), "", 10, true);
        StreamView other = new StreamView(view(2).principal(), "", 10, true);
        Reader first = new Reader(few, node.access, begin, lane);
        Reader second = new Reader(other, node.access, begin, lane);
        int apart = 0;
        while (!lane.tasks.isEmpty() || !pool.isEmpty()) {
            turn();
            apart = Math.max(apart, Math.abs(first.got().size() - second.got().size()));
        }
        assertEquals(numbers(1, 300), first.got());
        assertEquals(numbers(1, 300), second.got());
        assertTrue(apart <= 20, "one was " + apart + " events ahead");
    }

    /** A loop serves other connections between two of its tasks, so few may wait for it at once. */
    @Test
    void readersThatAreBehindDoNotFillALoop() {
        ClientPosition begin = changes.now().orElseThrow();
        for (int i = 1; i <= 30; i++) {
            write(i);
        }
        List<Reader> all = IntStream.range(0, 100).mapToObj(i -> new Reader(new StreamView(
                view(i).principal(), "", 10, true), node.access, begin, lane)).toList();
        int most = 0;
        while (!lane.tasks.isEmpty() || !pool.isEmpty()) {
            most = Math.max(most, lane.tasks.size());
            if (pool.isEmpty()) {
                lane.tasks.remove().run();
            } else {
                pool.remove().run();
            }
        }
        all.forEach(reader -> assertEquals(numbers(1, 30), reader.got()));
        assertTrue(most <= 32, most + " pages waited for the loop");
    }

    /** After a restart all clients come back at the same place. */
    @Test
    void readersWithTheSamePositionShareWhatIsRead() {
        ClientPosition begin = changes.now().orElseThrow();
        for (int i = 1; i <= 100; i++) {
            write(i);
        }
        encoder.positions = 0;
        List<Reader> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(new Reader(view(1), node.access, begin, lane));
        }
        settle();
        all.forEach(reader -> assertEquals(numbers(1, 100), reader.got()));
        assertTrue(encoder.positions <= 3, encoder.positions + " pages for 50 readers");
    }

    @Test
    void aReaderThatGoesAwayInTheMiddleIsForgotten() {
        Reader gone = reader(1);
        Reader stays = reader(1);
        Reader full = reader(1);
        full.takes(false);
        write(1);
        node.pass(20);
        gone.leave();
        settle();
        full.leave();
        write(2);
        pass(20);
        assertEquals(List.of(), gone.got());
        assertEquals(numbers(1, 2), stays.got());
        assertEquals(1, node.waits.streams());
    }

    /** Access that can be taken away, as a token that is revoked. */
    private static final class Revocable implements AccessContext {

        private final AccessContext inner;
        private boolean revoked;

        Revocable(AccessContext inner) {
            this.inner = inner;
        }

        @Override
        public UUID author() {
            return inner.author();
        }

        @Override
        public Grants on(StoreView view) {
            if (revoked) {
                throw new Refusal(Reason.UNAUTHORIZED, "the token has expired or was revoked");
            }
            return inner.on(view);
        }

        @Override
        public void observe(kvs.documents.Operation op, kvs.documents.OperationOutcome outcome) {
            inner.observe(op, outcome);
        }
    }

    @Test
    void endsWhenItsTokenIsNoLongerValid() {
        Revocable access = new Revocable(node.access);
        Reader written = new Reader(view(1), access, changes.now().orElseThrow(), lane);
        Reader other = reader(2);
        settle();
        access.revoked = true;
        write(1);
        pass(20);
        assertTrue(written.ended && written.text.toString().endsWith(
                "event: end\ndata: {\"reason\":\"unauthorized\",\"detail\":\"the token has expired or was"
                        + " revoked\"}\n\n"), written.text.toString());
        assertEquals(List.of(), written.got());
        assertEquals(numbers(1, 1), other.got());
        access.revoked = false;
        Reader idle = new Reader(view(1), access, changes.now().orElseThrow(), lane);
        settle();
        access.revoked = true;
        pass(9_000);
        assertFalse(idle.ended);
        pass(2_000);
        assertTrue(idle.ended, "without any write it is checked after ten seconds");
    }

    @Test
    void tellsWhatExpires() {
        node.put("a", "1", 3_000);
        Reader reader = reader(1);
        pass(2_500);
        assertEquals("", reader.text.toString());
        pass(1_000);
        assertTrue(reader.text.toString().contains("\"expired\":true"), reader.text.toString());
    }

    @Test
    void aNodeThatStopsEndsAllStreams() {
        Reader open = reader(1);
        Reader full = reader(1);
        full.takes(false);
        write(1);
        pass(20);
        streams.close();
        settle();
        assertTrue(open.ended && full.ended);
        Reader late = new Reader(view(1), node.access, changes.now().orElseThrow(), lane);
        settle();
        assertTrue(late.ended);
        lane.stopped = true;
    }

    /** The stop comes when the stream is known already, and has no lane yet. */
    @Test
    void aNodeThatStopsEndsAStreamThatIsBeingOpened() {
        AtomicReference<Runnable> stop = new AtomicReference<>();
        ChangeStreams others = new ChangeStreams(node.store, new ChangeStreams.Dependencies(changes, encoder,
                node.clock, new Scheduler() {
            @Override
            public void start(String name, Task task, long delayMs) {
                stop.get().run();
            }

            @Override
            public void close() { }
        }, pool::add));
        stop.set(others::close);
        ChangeStream stream = others.stream(view(1), node.access, changes.now().orElseThrow(),
                node.waits.admit("opens", true));
        OpenSink sink = new OpenSink(stream::closed);
        stream.open(sink);
        settle();
        assertTrue(sink.ended());
    }

    /** Long events do not come in one page. */
    @Test
    void aPageOfAStreamIsShort() {
        Reader reader = reader(1);
        String document = "\"" + "x".repeat(4_000) + "\"";
        for (int i = 0; i < 100; i++) {
            node.put("long" + i, document);
        }
        pass(20);
        assertEquals(100, reader.got().size());
        assertTrue(reader.offers >= 6, reader.offers + " pages of 400 KB");
    }
}
