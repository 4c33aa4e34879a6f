package kvs.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import kvs.sim.Depth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DiffMessageTest {

    private static void assertRefused(String why, DiffMessage message) {
        String text = assertThrows(DiffMessage.MalformedException.class,
                () -> DiffMessage.decode(message.encode())).getMessage();
        assertTrue(text.contains(why), text);
    }

    private static DiffMessage wants(KeyRange... ranges) {
        return new DiffMessage(List.of(ranges).stream().<DiffMessage
                .Part>map(DiffMessage.Request::new).toList());
    }

    private static KeyRange range(int from, int to) {
        return KeyRange.of(new byte[] {(byte) from}, new byte[] {(byte) to});
    }

    @Test
    void isTheSameAfterATripOverTheWire() throws DiffMessage.MalformedException {
        for (int seed = 0; seed < 200; seed++) {
            TreeModel model = new TreeModel(seed);
            Editor editor = Tree.empty(4).edit();
            for (int i = model.below(300); i > 0; i--) {
                editor.put(model.entry(model.key()));
            }
            Tree mine = editor.publish();
            for (int i = 0; i < 20; i++) {
                editor.put(model.entry(model.key()));
            }
            DiffMessage request = RangeDiff.begin(mine, KeyRange.all());
            while (!request.parts().isEmpty()) {
                assertArrayEquals(request.encode(), DiffMessage.decode(request.encode()).encode(),
                        "seed " + seed);
                DiffMessage answer = RangeDiff.answer(editor.publish(), request);
                assertArrayEquals(answer.encode(), DiffMessage.decode(answer.encode()).encode(),
                        "seed " + seed);
                request = RangeDiff.next(mine, answer).request();
            }
        }
    }

    /** The bytes of the diagram; whoever changes them cuts a cluster in two during an upgrade. */
    @Test
    void hasTheBytesOfItsDiagram() {
        byte[] digest = new byte[DiffMessage.DIGEST_BYTES];
        DiffMessage message = new DiffMessage(List.of(new DiffMessage.Digests(range('a', 'c'),
                List.of(new byte[] {'a', 'z'}), List.of(digest, digest)), new DiffMessage.Items(range('c',
                        'd'), List.of(new DiffMessage.KeyVersion(new byte[] {'c', 'x'}, 5, 6, 7))),
                new DiffMessage.Deferred(range('d', 'e')),
                new DiffMessage.Request(KeyRange.from(new byte[] {'e'}))));
        String zeros = "00".repeat(24);
        assertEquals("04" + "01" + "000161" + "01" + "000163" + "02" + zeros + "0002617a03" + "000163" + "01"
                + "000164" + "01" + "00026378" + "0000000000000005" + "0000000000000006"
                + "000000000000000704" + "000164" + "01" + "000165" + "02" + "0100" + "00",
                HexFormat.of().formatHex(message.encode()));
    }

    @Test
    void refusesRangesThatAreEmptyOverlapOrGoBack() throws DiffMessage.MalformedException {
        assertRefused("empty range", wants(range(2, 2)));
        assertRefused("empty range", wants(range(3, 2)));
        assertRefused("out of order", wants(range(1, 3), range(2, 4)));
        assertRefused("out of order", wants(range(5, 6), range(2, 4)));
        assertRefused("out of order", wants(KeyRange.all(), range(2, 4)));
        assertEquals(3,
                DiffMessage.decode(wants(range(1, 2), range(2, 3), range(7, 8)).encode()).parts().size());
    }

    @Test
    void refusesKeysThatDoNotRiseInTheirRange() {
        byte[] digest = new byte[DiffMessage.DIGEST_BYTES];
        for (int split : new int[] {1, 2, 5, 6}) {
            assertRefused("keys out of order", new DiffMessage(List.of(new DiffMessage.Digests(range(2, 5),
                    List.of(new byte[] {(byte) split}), List.of(digest, digest)))));
        }
        DiffMessage.KeyVersion item = new DiffMessage.KeyVersion(new byte[] {3}, 1, 2, 3);
        assertRefused("keys out of order",
                new DiffMessage(List.of(new DiffMessage.Items(range(1, 5), List.of(item, item)))));
        assertRefused("keys out of order",
                new DiffMessage(List.of(new DiffMessage.Items(range(4, 5), List.of(item)))));
    }

    @Test
    void refusesMorePartsThanItsBound() throws DiffMessage.MalformedException {
        List<DiffMessage.Part> parts = new ArrayList<>();
        for (int i = 0; i < DiffMessage.PARTS_MAX; i++) {
            parts.add(new DiffMessage.Request(KeyRange.of(key(2 * i), key(2 * i + 1))));
        }
        assertEquals(DiffMessage.PARTS_MAX,
                DiffMessage.decode(new DiffMessage(parts).encode()).parts().size());
        parts.add(new DiffMessage.Request(KeyRange.from(key(2 * DiffMessage.PARTS_MAX))));
        assertRefused((DiffMessage.PARTS_MAX + 1) + " parts", new DiffMessage(parts));
    }

    private static byte[] key(int n) {
        return new byte[] {(byte) (n >> 16), (byte) (n >> 8), (byte) n};
    }

    /**
     * Few bytes a part, which name two keys of 8,000: the one before, and that one with its last byte raised.
     */
    @Test
    void refusesAShortMessageThatUnfoldsIntoALongOne() throws DiffMessage.MalformedException {
        List<DiffMessage.Part> parts = new ArrayList<>();
        byte[] from = new byte[8_000];
        for (int i = 1; i < 256; i++) {
            byte[] to = from.clone();
            to[to.length - 1] = (byte) i;
            parts.add(new DiffMessage.Request(KeyRange.of(from, to)));
            from = to;
        }
        assertTrue(new DiffMessage(parts).encode().length < 12_000);
        assertRefused("keys take more than", new DiffMessage(parts));
        assertEquals(120, DiffMessage.decode(new DiffMessage(parts.subList(0, 120)).encode()).parts().size());
    }

    @Tag(Depth.DEEP)
    @Test
    void refusesNoise() throws DiffMessage.MalformedException {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < Depth.of(5_000, 50_000); i++) {
            byte[] noise = new byte[random.nextInt(60)];
            for (int j = 0; j < noise.length; j++) {
                noise[j] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(5));
            }
            try {
                DiffMessage message = DiffMessage.decode(noise);
                RangeDiff.next(Tree.empty(4), RangeDiff.answer(Tree.empty(4), message));
            } catch (DiffMessage.MalformedException refused) {
                assertTrue(refused.getMessage().startsWith("malformed diff message: "));
            }
        }
        assertEquals(Optional.empty(), DiffMessage.decode(new byte[1]).parts().stream().findAny());
    }
}
