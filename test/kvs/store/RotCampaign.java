package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import kvs.log.Segment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.sim.SimDisk;

/**
 * Cuts the power or kills the process while a random script runs, rots a stretch of the log, and opens the
 * remains. An acknowledged write is there, or its key is named as damaged, or the start is refused by name:
 * never no document, never an older one. Only a stretch that reads as zeros, in a log that had not rested,
 * may pass for a torn write. {@code make sim} runs more of it.
 */
public final class RotCampaign {

    private static final int OPERATIONS = 120;
    private static final int RESTS = 40;

    /** The kinds of rot. */
    private enum Rot { BIT, GARBAGE, ZEROS }

    /**
     * The results of some opens.
     *
     * @param right every acknowledged write was there
     * @param named some keys were damaged
     * @param refused the start was refused by name
     * @param passed zeros passed for a torn write, where nothing tells them apart
     */
    public record Sum(long right, long named, long refused, long passed) {

        /** The results of no opens. */
        public static final Sum NOTHING = new Sum(0, 0, 0, 0);

        /** The sum of both. */
        public Sum plus(Sum more) {
            return new Sum(right + more.right, named + more.named, refused + more.refused,
                    passed + more.passed);
        }

        @Override
        public String toString() {
            return right + " right, " + named + " damaged, " + refused + " refused, " + passed
                    + " zeros taken for a power cut";
        }
    }

    private final StoreHarness harness;
    private final WriteScript script;
    private final String seed;
    private Sum sum = Sum.NOTHING;

    private RotCampaign(long seed) {
        this.harness = new StoreHarness(seed);
        this.script = new WriteScript(harness);
        this.seed = "seed " + seed;
    }

    /**
     * Runs one script; the results of the opens. Fails when an acknowledged write is gone and its key is not
     * named.
     */
    public static Sum run(long seed) throws IOException, UnusableDirectoryException {
        RotCampaign run = new RotCampaign(seed);
        run.unrested();
        run.rested();
        return run.sum;
    }

    private void unrested() throws IOException, UnusableDirectoryException {
        SimDisk disk = harness.disk();
        long[] points = {0};
        disk.afterChange(() -> {
            if (++points[0] % 3 == 0) {
                open(harness.dice.chance(50) ? disk.killed() : disk.survivor(), false,
                        seed + " point " + points[0]);
            }
        });
        script.run(disk, OPERATIONS);
    }

    /** A log that rested, with each durability: no rot passes for a torn write. */
    private void rested() throws IOException, UnusableDirectoryException {
        for (boolean fsync : List.of(true, false)) {
            script.acknowledged.clear();
            SimDisk disk = harness.disk();
            StorageSettings small = StoreHarness.SMALL;
            Store store = harness.open(disk, new StorageSettings(small.segmentBytes(),
                    small.preallocateBytes(), fsync, 3, false, small.keep()));
            for (int i = 0; i < RESTS; i++) {
                Map<String, Optional<String>> changes = new TreeMap<>();
                for (int keys = 1 + harness.dice.below(5); keys > 0; keys--) {
                    changes.put("k" + harness.dice.below(30),
                            Optional.of("\"" + "y".repeat(harness.dice.below(400)) + i + "\""));
                }
                StoreHarness.Batch batch = StoreHarness.write(store, changes);
                batch.apply(script.acknowledged);
                if (harness.dice.chance(50)) {
                    StoreHarness.rest(harness, store);
                    open(harness.dice.chance(50) ? disk.killed() : disk.survivor(), true,
                            seed + " rest " + i + " fsync " + fsync);
                }
            }
            store.close();
        }
    }

    private void open(SimDisk disk, boolean rested, String where) {
        Rot rot = Rot.values()[harness.dice.below(Rot.values().length)];
        String place = where + ", " + rot + " " + spoil(disk, rot);
        try {
            Store store = harness.open(disk);
            check(store, rested || rot != Rot.ZEROS, place);
            store.close();
        } catch (UnusableDirectoryException named) {
            assertTrue(named.getMessage().contains(".log"), place + ": " + named.getMessage());
            sum = sum.plus(new Sum(0, 0, 1, 0));
        } catch (IOException e) {
            throw new AssertionError(place, e);
        }
    }

    /** Rots a stretch, half of the time at the end of the log; the file and the offsets. */
    private String spoil(SimDisk disk, Rot rot) {
        List<String> logs = disk.names().stream().filter(name -> name.endsWith(".log")).toList();
        if (logs.isEmpty()) {
            return "nothing";
        }
        boolean last = harness.dice.chance(50);
        String name = last ? logs.get(logs.size() - 1) : logs.get(harness.dice.below(logs.size()));
        byte[] bytes = disk.bytes(name);
        int end = bytes.length;
        while (last && end > Segment.HEAD_BYTES && bytes[end - 1] == 0) {
            end--;
        }
        if (end <= Segment.HEAD_BYTES) {
            return "nothing";
        }
        int most = rot == Rot.BIT ? 1 : harness.dice.chance(50) ? 4_096 : 40;
        int from = Math.max(Segment.HEAD_BYTES,
                last ? end - 1 - harness.dice.below(most + 200) : harness.dice.below(end));
        int to = Math.min(rot == Rot.BIT ? bytes.length : end, from + 1 + harness.dice.below(most));
        for (int at = from; at < to; at++) {
            int mask = rot == Rot.ZEROS ? bytes[at] : rot == Rot.BIT ? 1 << harness.dice.below(8)
                    : 1 + harness.dice.below(255);
            disk.flip(name, at, mask);
        }
        return name + " from " + from + " to " + to;
    }

    /** The store shows one of the allowed states, but for the keys that it names. */
    private void check(Store store, boolean strict, String where) {
        Map<String, String> found = new TreeMap<>();
        TreeSet<String> damaged = new TreeSet<>();
        List<Map<String, String>> allowed = script.allowed();
        TreeSet<String> keys = new TreeSet<>(allowed.get(0).keySet());
        keys.addAll(allowed.get(1).keySet());
        for (int i = 0; i < 30; i++) {
            keys.add("k" + i);
        }
        for (String key : keys) {
            try {
                store.root().find(Key.of(key)).filter(e -> !e.deleted())
                        .map(e -> new String(store.read(e).data())).ifPresent(text -> found.put(key, text));
            } catch (Refusal refusal) {
                assertEquals(Reason.DAMAGED, refusal.reason(), where);
                damaged.add(key);
            }
        }
        boolean right = allowed.stream().anyMatch(state -> agree(state, found, damaged));
        assertTrue(right || !strict, () -> where + ": wrong " + wrong(allowed.get(0), found) + ", damaged "
                + damaged);
        assertTrue(damaged.isEmpty() || !store.problems().isEmpty(), where + ": damage without a problem");
        sum = sum.plus(new Sum(right && damaged.isEmpty() ? 1 : 0, damaged.isEmpty() ? 0 : 1, 0,
                right ? 0 : 1));
    }

    private static TreeSet<String> wrong(Map<String, String> acknowledged, Map<String, String> found) {
        TreeSet<String> wrong = new TreeSet<>(acknowledged.keySet());
        wrong.addAll(found.keySet());
        wrong.removeIf(key -> Objects.equals(acknowledged.get(key), found.get(key)));
        return wrong;
    }

    private static boolean agree(Map<String, String> state, Map<String, String> found,
            TreeSet<String> damaged) {
        Map<String, String> expected = new TreeMap<>(state);
        expected.keySet().removeAll(damaged);
        return expected.equals(found);
    }
}
