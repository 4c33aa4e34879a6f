package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/** Lists all metadata that is set, for administrators. Thread-safe. */
public final class MetadataList {

    /** Separates the path and the user of a record in {@code next}: no path has an empty segment. */
    private static final String BETWEEN = "//";

    private final AccountTransactions transactions;
    private final MetadataLookup records;

    /**
     * Metadata that is set on a path.
     *
     * @param path empty for the root
     * @param appliesTo the keys for which it holds
     * @param user its author, {@link Version#NOBODY} for administrators
     * @param metadata its owner is the user to whom the subtree was given, or whose keys are meant
     * @param older whether it was written by the previous version
     */
    public record ListedMetadata(String path, MetadataScope appliesTo, UUID user, Metadata metadata,
            boolean older) { }

    /**
     * A page, in the order of the paths.
     *
     * @param set on each path first that of administrators, then that of the owner of the subtree, then that
     *     of users
     * @param next start of the next page, when more follows: the last path, or that and the last user on it
     */
    public record Page(List<ListedMetadata> set, Optional<String> next) { }

    MetadataList(AccountTransactions transactions, MetadataLookup records) {
        this.transactions = transactions;
        this.records = records;
    }

    /**
     * A page of the metadata on paths that begin with {@code prefix}, any text, after {@code after}; the
     * caller must be allowed to see all.
     */
    public Page page(String prefix, Optional<String> after, int limit) {
        StoreView view = transactions.view();
        long now = transactions.now();
        byte[] begin = prefix.getBytes(StandardCharsets.UTF_8);
        TreeCursor scan = view.tree().scan(KeyRange.prefix(MetadataKey.start(begin, begin.length)));
        after.ifPresent(last -> scan.seek(behind(last)));
        List<ListedMetadata> set = new ArrayList<>();
        Optional<MetadataKey> last = Optional.empty();
        while (scan.next()) {
            Optional<MetadataKey> slot = MetadataKey.of(scan.entry().key());
            Optional<ListedMetadata> placed = slot.flatMap(one -> placed(view, one, now));
            if (placed.isPresent() && set.size() == limit) {
                return new Page(set, Optional.of(next(last.orElseThrow(), slot.get())));
            }
            placed.ifPresent(set::add);
            last = placed.isPresent() ? slot : last;
        }
        return new Page(set, Optional.empty());
    }

    private Optional<ListedMetadata> placed(StoreView view, MetadataKey slot, long now) {
        return records.setting(view, slot, now).filter(set -> !set.taken()).map(set -> {
            String path = new String(slot.path(), StandardCharsets.UTF_8);
            boolean older = set.older().isPresent();
            if (older && records.byUser(view, set, now)) {
                return new ListedMetadata(path, MetadataScope.OWN_KEYS, set.metadata().owner(),
                        set.metadata(), true);
            }
            MetadataScope kind = slot.kind() == MetadataKey.Kind.OWN_KEYS ? MetadataScope.OWN_KEYS
                    : MetadataScope.SUBTREE;
            Metadata shown = slot.kind() == MetadataKey.Kind.ADMINISTRATORS
                    ? records.administrators(view, slot.path(), slot.path().length, now)
                    .orElse(set.metadata()) : set.metadata();
            return new ListedMetadata(path, kind, slot.user(), shown, older);
        });
    }

    private static String next(MetadataKey last, MetadataKey more) {
        String path = new String(last.path(), StandardCharsets.UTF_8);
        if (!Arrays.equals(last.path(), more.path())) {
            return path;
        }
        String user = last.user().equals(Version.NOBODY) ? "" : last.user().toString();
        return path + BETWEEN + switch (last.kind()) {
            case ADMINISTRATORS -> "";
            case RULER -> "+" + user;
            case OWN_KEYS -> user;
        };
    }

    /** The first key after the record that {@code next} names. */
    private static byte[] behind(String next) {
        int between = next.indexOf(BETWEEN);
        byte[] path = (between < 0 ? next : next.substring(0, between)).getBytes(StandardCharsets.UTF_8);
        if (between < 0) {
            return MetadataKey.all(path, path.length).to().orElseThrow();
        }
        String user = next.substring(between + BETWEEN.length());
        byte[] tail = ("\0" + (user.isEmpty() ? "" : user + "\0")).getBytes(StandardCharsets.UTF_8);
        byte[] start = MetadataKey.start(path, path.length);
        byte[] key = Arrays.copyOf(start, start.length + tail.length);
        System.arraycopy(tail, 0, key, start.length, tail.length);
        return key;
    }
}
