package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kvs.sim.Depth;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Files into directories of stopped nodes and out of them. */
class TransferTest {

    private static final int SEEDS = Depth.of(6, 100);
    private static final String LONG = "\"" + "the quick brown fox ".repeat(50) + "\"";
    private final TransferLab lab = new TransferLab();

    private static String line(String path, String json) {
        return "{\"path\":\"" + path + "\",\"data\":" + json + "}\n";
    }

    private static String numbered(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> line(String.format("k/%03d", i), "{\"n\":" + i + ".0}"))
                .collect(Collectors.joining());
    }

    private static Map<String, String> expected(int count) {
        Map<String, String> expected = new TreeMap<>();
        IntStream.range(0, count)
                .forEach(i -> expected.put(String.format("k/%03d", i), "{\"n\":" + i + ".0}"));
        return expected;
    }

    @Test
    void goesThroughByteForByte() throws IOException {
        SimDisk disk = lab.directory();
        String lines = line("a", "1.50") + line("a/b", "{\"x\" : [ 1e5 ],\"ä\":\"\\u00e4\"}") + line("a0",
                LONG) + "{\"path\":\"end\",\"data\":null,\"ttl\":\"1h30m\"}\n" + line("z", "[ ]");
        assertEquals(0, lab.take(disk, lines, TransferLab.plain()).refused());
        assertEquals(lines, lab.export(disk, "", false));
        assertEquals(line("a/b", "{\"x\" : [ 1e5 ],\"ä\":\"\\u00e4\"}"), lab.export(disk, "a/", false));
        lab.clock.advance(60_000);
        String later = lab.export(disk, "", false);
        assertTrue(later.contains("\"ttl\":\"1h29m\""), later);
        SimDisk other = lab.directory();
        lab.take(other, later, TransferLab.plain());
        assertEquals(later, lab.export(other, "", false));
        lab.clock.advance(90 * 60_000);
        assertFalse(lab.export(other, "", false).contains("end"), "what has ended is not exported");
        assertTrue(lab.export(other, "", false).contains("\"z\""), "a default ttl is not for imports");
    }

    @Test
    void namesWhatItRefusesAndTakesTheRest() throws IOException {
        SimDisk disk = lab.directory();
        TransferReporter report = lab.take(disk, "\ufeff" + line("a", "1") + "\n\r\n{oops}\n" + line("_b",
                "1") + line("c", "\"" + "x".repeat(2_000) + "\"") + line("d/metadata", "1") + line("e", "\""
                        + "x".repeat(40_000) + "\"") + "{\"path\":\"f\",\"metadata\":{\"permissions\":1}}\n"
                + line("a", "2").replace("\n", "\r\n") + "{\"path\":\"g\",\"data\":3}", TransferLab.plain());
        assertEquals(5, report.refused());
        List<String> said = lab.said().lines().toList();
        assertEquals(List.of("line 4:", "line 5:", "line 6:", "line 7:", "line 8:"),
                said.stream().filter(text -> text.startsWith("line"))
                        .map(text -> text.substring(0, 7)).sorted().toList(), lab.said());
        assertTrue(lab.said().contains("1 lines of metadata were ignored"), lab.said());
        assertTrue(said.get(said.size() - 1).startsWith("imported 3 documents")
                && lab.said().contains("5 refused"), lab.said());
        assertEquals(Map.of("a", "2", "g", "3"), lab.contents(disk));
        assertFalse(lab.files.list().contains(TransferLab.FILE + ".progress"), "done is done");
    }

    @Test
    void listsAThousandRefusalsAndCountsAll() throws IOException {
        TransferReporter report = lab.take(lab.directory(), "?\n".repeat(2_500), TransferLab.plain());
        assertEquals(2_500, report.refused());
        assertEquals(TransferReporter.LISTED_MAX,
                lab.said().lines().filter(text -> text.startsWith("line ")).count());
    }

    @Test
    void renamesWhatCannotBeStored() throws IOException {
        SimDisk disk = lab.directory();
        lab.take(disk, line("_x/a", "1") + line("app/metadata", "2") + line("b", "3"),
                TransferLab.plain(PathRenames.of(List.of("_x/=x/", "app/metadata=app/meta"), "")));
        assertEquals(Map.of("app/meta", "2", "b", "3", "x/a", "1"), lab.contents(disk));
    }

    @Test
    void carriesMetadata() throws IOException {
        SimDisk disk = lab.directory();
        String lock = "{\"path\":\"k\",\"metadata\":{\"owner_uuid\":null,\"group_uuid\":null,"
                + "\"permissions\":3840,\"permissions_text\":\"cdwr,----,----\"}}\n";
        String root = lock.replace("\"k\"", "\"\"");
        TransferReporter report = lab.take(disk,
                root + lock + numbered(0, 3) + lock.replace("\"k\"", "\"k/001\""),
                TransferLab.withMetadata(PathRenames.NONE));
        assertEquals(0, report.refused(), lab.said());
        String all = lab.export(disk, "", true);
        String key = lock.replace("\"k\"", "\"k/001\"");
        assertEquals(root + lock + key + numbered(0, 3), all);
        assertEquals(lock + key + numbered(0, 3), lab.export(disk, "k/", true));
        assertEquals(numbered(0, 3), lab.export(disk, "", false));
        SimDisk other = lab.directory();
        lab.take(other, all, TransferLab.withMetadata(PathRenames.of(List.of("k=l"), "")));
        assertEquals(all.replace("\"k", "\"l"), lab.export(other, "", true));
        TransferReporter strangers = lab.take(other, lock.replace("null,\"group",
                "\"00000000-0000-0000-0000-000000000009\",\"group") + line("m", "1"),
                TransferLab.withMetadata(PathRenames.NONE));
        assertEquals(1, strangers.refused());
        assertTrue(lab.said().contains("line 1: there is no user"), lab.said());
        assertEquals("1", lab.contents(other).get("m"));
        SimDisk third = lab.directory();
        String bits = "{\"path\":\"m\",\"metadata\":{\"applies_to\":\"own_keys\",\"group_uuid\":null,"
                + "\"permissions\":15,\"permissions_text\":\"----,----,cdwr\"}}\n";
        lab.take(third, line("m", "1") + bits, TransferLab.withMetadata(PathRenames.NONE));
        assertEquals(line("m", "1") + bits, lab.export(third, "", true),
                "the operator is no user whom another node could know");
    }

    @Test
    void goesOnWhereItWasInterrupted() throws IOException {
        String lines = "junk\n" + numbered(0, 20) + "\njunk\n" + numbered(20, 40);
        for (int cut = 0; cut <= 14; cut++) {
            SimDisk disk = lab.directory();
            lab.files = lab.directory();
            lab.files.put(TransferLab.FILE, lines.getBytes(StandardCharsets.UTF_8));
            try (TransferLab.Brittle node = lab.new Brittle(lab.open(disk), 3, cut)) {
                if (cut < 14) {
                    assertEquals("broken", assertThrows(IOException.class,
                            () -> lab.take(node, TransferLab.plain())).getMessage());
                } else {
                    lab.take(node, TransferLab.plain());
                }
            }
            try (TransferLab.Brittle node = lab.new Brittle(lab.open(disk), 3, 100)) {
                TransferReporter report = lab.take(node, TransferLab.plain());
                assertEquals(2, report.refused(), "cut " + cut + " " + lab.said());
                assertEquals(cut < 14 ? 14 - cut : 14, node.batches.size(), "cut " + cut);
            }
            assertEquals(expected(40), lab.contents(disk), "cut " + cut);
            assertFalse(lab.files.list().contains(TransferLab.FILE + ".progress"));
        }
    }

    @Test
    void startsOverWhenItIsAnotherFileTargetOrPlan() throws IOException {
        SimDisk disk = lab.directory();
        for (String other : List.of("file", "target", "plan", "progress", "none")) {
            lab.files = lab.directory();
            lab.files.put(TransferLab.FILE, numbered(0, 10).getBytes(StandardCharsets.UTF_8));
            SimDisk first = lab.directory();
            try (TransferLab.Brittle node = lab.new Brittle(lab.open(first), 2, 3)) {
                assertThrows(IOException.class, () -> lab.take(node, TransferLab.plain()));
            }
            if (other.equals("file")) {
                lab.files.put(TransferLab.FILE,
                        numbered(0, 10).replace("1.0", "7.5").getBytes(StandardCharsets.UTF_8));
            } else if (other.equals("progress")) {
                lab.files.put(TransferLab.FILE + ".progress", new byte[100]);
            }
            SimDisk second = other.equals("target") ? disk : first;
            try (TransferLab.Brittle node = lab.new Brittle(lab.open(second), 2, 100)) {
                lab.take(node, other.equals("plan") ? TransferLab.withMetadata(PathRenames.NONE)
                        : TransferLab.plain());
                assertEquals(other.equals("none") ? 2 : 5, node.batches.size(), other);
            }
            assertEquals(other.equals("file") ? "{\"n\":7.5}" : "{\"n\":1.0}",
                    lab.contents(second).get("k/001"), other);
        }
    }

    /**
     * The power goes at every change of the target's disk: what is left is the beginning of the file, and the
     * same import again completes it.
     */
    @Tag(Depth.DEEP)
    @Test
    void leavesABeginningWhenThePowerGoes() throws IOException {
        int points = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            points += cutEverywhere(new TransferLab(seed), "seed " + seed);
        }
        System.out.println("import cut at " + points + " changes of the disk, " + SEEDS + " seeds");
        assertTrue(points > 10 * SEEDS, points + " points");
    }

    private static int cutEverywhere(TransferLab lab, String where) throws IOException {
        String lines = numbered(0, 24);
        SimDisk disk = lab.directory();
        lab.files.put(TransferLab.FILE, lines.getBytes(StandardCharsets.UTF_8));
        List<SimDisk[]> left = new CopyOnWriteArrayList<>();
        try (TransferLab.Brittle node = lab.new Brittle(lab.open(disk), 4, 100)) {
            // The target's first: what the bookmark says then was there before.
            disk.afterChange(() -> left.add(new SimDisk[] {disk.survivor(), lab.files.survivor()}));
            lab.take(node, TransferLab.plain());
            disk.afterChange(() -> { });
        }
        for (SimDisk[] pair : left) {
            Map<String, String> before = lab.contents(pair[0].copy());
            assertEquals(expected(before.size()), before, where);
            assertTrue(before.size() % 4 == 0, before.size() + " is no whole batch, " + where);
            lab.files = pair[1];
            try (TransferLab.Brittle node = lab.new Brittle(lab.open(pair[0]), 4, 100)) {
                lab.take(node, TransferLab.plain());
                assertTrue(node.batches.size() <= 6 - before.size() / 4 + 8,
                        node.batches.size() + " batches after " + before.size());
            }
            assertEquals(expected(24), lab.contents(pair[0]), where);
        }
        return left.size();
    }

    @Test
    void stopsAtAFullDiskAndGoesOnWhenThereIsRoom() throws IOException {
        SimDisk disk = lab.directory();
        lab.files.put(TransferLab.FILE, numbered(0, 90).getBytes(StandardCharsets.UTF_8));
        try (TransferLab.Brittle node = lab.new Brittle(lab.open(disk), 2, 100)) {
            disk.capacity(9_000);
            assertTrue(assertThrows(IOException.class, () -> lab.take(node, TransferLab.plain())).getMessage()
                    .contains("No space left"));
            disk.mend();
        }
        int before = lab.contents(disk).size();
        assertTrue(before > 0 && before < 90, before + " before");
        try (TransferLab.Brittle node = lab.new Brittle(lab.open(disk), 2, 100)) {
            lab.take(node, TransferLab.plain());
            assertTrue(node.batches.size() <= 45 - before / 2 + 4,
                    node.batches.size() + " batches after " + before);
        }
        assertEquals(expected(90), lab.contents(disk));
    }

    @Test
    void tellsWhatCannotBeRead() throws IOException {
        SimDisk disk = lab.directory();
        lab.take(disk, numbered(0, 5), TransferLab.plain());
        String name = disk.list().stream().filter(file -> file.endsWith(".log")).findFirst().orElseThrow();
        int at = new String(disk.bytes(name), StandardCharsets.ISO_8859_1).indexOf("{\"n\":3.0}");
        disk.flip(name, at + 2, 1);
        assertEquals(numbered(0, 3) + numbered(4, 5), lab.export(disk, "", false));
        assertTrue(lab.said().contains("not exported: k/003"), lab.said());
    }

    @Test
    void aNewFileIsWholeOrNot() throws IOException {
        for (int call = 1; call < 12; call++) {
            SimDisk disk = lab.directory();
            disk.put(TransferLab.FILE, new byte[] {'o', 'l', 'd'});
            disk.put(TransferLab.FILE + ".part", new byte[] {'x'});
            disk.failAt(call, SimDisk.Fault.EIO, true);
            boolean complete = false;
            try (AtomicFileOutput out = new AtomicFileOutput(disk, TransferLab.FILE)) {
                out.write("new".repeat(600_000).getBytes(StandardCharsets.UTF_8));
                out.write("end".getBytes(StandardCharsets.UTF_8));
                out.complete();
                complete = true;
            } catch (IOException failed) {
                assertTrue(failed.getMessage().contains("error"), failed.getMessage());
            }
            disk.mend();
            for (int i = 0; i < 5; i++) {
                int bytes = disk.survivor().bytes(TransferLab.FILE).length;
                assertTrue(bytes == 1_800_003 || bytes == 3 && !complete,
                        bytes + " bytes after call " + call);
            }
        }
    }
}
