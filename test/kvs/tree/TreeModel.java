package kvs.tree;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A sorted map that does slowly what {@link Tree} does, and keys and entries to feed both with. */
final class TreeModel {

    final TreeMap<byte[], Entry> map = new TreeMap<>(Arrays::compareUnsigned);
    private final SplittableRandom random;

    TreeModel(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Keys that share prefixes, are prefixes of one another, hold the bytes 0 and 255, are long. */
    byte[] key() {
        byte[] key = new byte[switch (random.nextInt(20)) {
            case 0 -> 0;
            case 1 -> 4_096;
            case 2, 3, 4 -> 9 + random.nextInt(3);
            default -> 1 + random.nextInt(6);
        }];
        byte[] alphabet = {0, 'a', 'b', (byte) 0xff};
        int plain = Math.max(0, key.length - 3);
        for (int i = 0; i < key.length; i++) {
            key[i] = i < plain && random.nextInt(30) > 0 ? (byte) 'a'
                    : alphabet[random.nextInt(alphabet.length)];
        }
        return key;
    }

    Entry entry(byte[] key) {
        long timestamp = 1_000 + random.nextInt(1_000);
        boolean deleted = random.nextInt(5) == 0;
        long expires = deleted || random.nextInt(3) > 0 ? Entry.FOREVER : timestamp + random.nextInt(1_000);
        long shadow = List.of(0L, Entry.FOREVER, 5L).get(random.nextInt(3));
        return Entry.of(key, new Entry.RecordLocation(1, random.nextInt(1_000), 8, random.nextInt(100)),
                new Entry.VersionStamp(timestamp, random.nextLong(), random.nextLong()),
                new Entry.Lifetime(expires, shadow, deleted), random.nextInt(9));
    }

    byte[] known() {
        return map.isEmpty() || random.nextInt(4) == 0 ? key()
                : List.copyOf(map.keySet()).get(random.nextInt(map.size()));
    }

    KeyRange range() {
        return switch (random.nextInt(5)) {
            case 0 -> KeyRange.all();
            case 1 -> KeyRange.prefix(Arrays.copyOf(known(), random.nextInt(4)));
            case 2 -> KeyRange.from(known());
            default -> KeyRange.of(known(), known());
        };
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    List<Entry> entries(KeyRange range) {
        return map.values().stream().filter(e -> range.contains(e.key())).toList();
    }

    RangeTotals summary(KeyRange range) {
        NodeTotals totals = new NodeTotals();
        EntryHasher hash = new EntryHasher();
        entries(range).forEach(e -> totals.add(e, hash.of(e)));
        return totals.summary();
    }
}
