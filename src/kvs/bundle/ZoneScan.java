package kvs.bundle;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kvs.model.Zone;
import kvs.tree.HashSum;
import kvs.tree.KeyRange;
import kvs.tree.RangeTotals;
import kvs.tree.Tree;

/** The ranges of the index that hold the keys of a {@link Zone}, ascending. Pure functions. */
final class ZoneScan {

    private static final String METADATA = "\0meta/";
    private static final byte[] FIRST_USER_KEY = {1};

    private ZoneScan() { }

    /** The ranges of the keys of a zone; together they hold exactly those. */
    static List<KeyRange> ranges(Zone zone) {
        List<KeyRange> ranges = new ArrayList<>();
        if (zone.isAccounts()) {
            Zone.accountKinds().forEach(kind -> ranges.add(KeyRange.prefix(bytes(kind))));
            return ranges;
        }
        for (String path : zone.paths()) {
            if (path.isEmpty()) {
                ranges.add(KeyRange.prefix(bytes(METADATA)));
                ranges.add(KeyRange.from(FIRST_USER_KEY));
            } else {
                ranges.add(KeyRange.of(bytes(METADATA + path), bytes(METADATA + path + '\1')));
                ranges.add(KeyRange.prefix(bytes(METADATA + path + '/')));
                ranges.add(KeyRange.of(bytes(path), bytes(path + '\0')));
                ranges.add(KeyRange.prefix(bytes(path + '/')));
            }
        }
        ranges.sort((a, b) -> Arrays.compareUnsigned(a.from(), b.from()));
        return ranges;
    }

    /** The totals of a zone: equal digests mean equal entries. */
    static RangeTotals totals(Tree tree, Zone zone) {
        long count = 0;
        HashSum sum = HashSum.ZERO;
        for (KeyRange range : ranges(zone)) {
            RangeTotals part = tree.summary(range);
            count += part.count();
            sum = sum.plus(part.sum());
        }
        return new RangeTotals(count, 0, 0, sum);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
