package kvs.bench;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.SplittableRandom;
import kvs.tree.DiffMessage;
import kvs.tree.Editor;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.RangeDiff;
import kvs.tree.StoredLeaf;
import kvs.tree.Tree;
import kvs.tree.TreeCursor;

/** The costs of the index. */
final class TreeBench {

    private static final int BATCH = 32;

    private final BenchReport report;
    private final int keys;
    private final SplittableRandom random = new SplittableRandom(1);

    TreeBench(BenchReport report, int keys) {
        this.report = report;
        this.keys = keys;
    }

    void run() {
        byte[][] names = new byte[keys][];
        for (int i = 0; i < keys; i++) {
            names[i] = String.format("users/%016x/profile", random.nextLong())
                    .getBytes(StandardCharsets.US_ASCII);
        }
        long before = used();
        Tree tree = Tree.empty(Tree.WIDTH);
        tree = updates(names, tree, keys);
        report.figure("tree heap beyond the key's own bytes", (double) (used() - before) / keys + 16,
                "bytes a key, array header included");
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            tree = updates(names, tree, keys / 2);
            report.rate("tree updates in batches of 32", keys / 2, start);
        }
        long start = System.nanoTime();
        long found = 0;
        for (int i = 0; i < keys; i++) {
            found += tree.get(names[random.nextInt(keys)]).isPresent() ? 1 : 0;
        }
        report.rate("tree get", found, start);
        start = System.nanoTime();
        long scanned = 0;
        for (TreeCursor scan = tree.scan(KeyRange.all()); scan.next(); ) {
            scanned += scan.entry().dataBytes() > 0 ? 1 : 0;
        }
        report.rate("tree scan", scanned, start);
        start = System.nanoTime();
        Iterator<StoredLeaf> runs = tree.runs().iterator();
        Tree again = Tree.ofRuns(Tree.WIDTH, runs);
        report.figure("tree built from runs of " + again.summary().count(),
                (System.nanoTime() - start) / 1e6, "ms");
        Editor other = tree.edit();
        for (int i = 0; i < 10; i++) {
            other.put(entry(names[random.nextInt(keys)], i));
        }
        diff("10 differences", tree, other.publish());
        diff("everything on one side", tree, Tree.empty(Tree.WIDTH));
    }

    /** The cost of finding all differences, in messages as they would travel. */
    private void diff(String what, Tree mine, Tree theirs) {
        long start = System.nanoTime();
        long bytes = 0;
        int trips = 0;
        DiffMessage request = RangeDiff.begin(mine, KeyRange.all());
        while (!request.parts().isEmpty()) {
            DiffMessage answer = RangeDiff.answer(theirs, request);
            bytes += request.encode().length + answer.encode().length;
            trips++;
            request = RangeDiff.next(mine, answer).request();
        }
        report.figure("diff of " + what + " took", (System.nanoTime() - start) / 1e6, "ms");
        report.figure("diff of " + what + " sent", bytes, "bytes");
        report.figure("diff of " + what + " went", trips, "round trips");
    }

    private Entry entry(byte[] key, int version) {
        return Entry.of(key, new Entry.RecordLocation(1, version, 280, 100),
                new Entry.VersionStamp(version, random.nextLong(), version),
                new Entry.Lifetime(Entry.FOREVER, 0, false), 0);
    }

    private Tree updates(byte[][] names, Tree from, int count) {
        Tree tree = from;
        boolean fill = tree.summary().count() == 0;
        for (int i = 0; i < count; i += BATCH) {
            Editor editor = tree.edit();
            for (int j = i; j < Math.min(count, i + BATCH); j++) {
                editor.put(entry(names[fill ? j : random.nextInt(names.length)], j));
            }
            tree = editor.publish();
        }
        return tree;
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
