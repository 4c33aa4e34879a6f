package kvs.bundle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.log.EncodedDocument;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/** Reads and writes of the records of a site: reserved keys that nobody owns and that do not expire. */
final class SiteRecord {

    private SiteRecord() { }

    /** The key of that text. */
    static Key key(String text) {
        return Key.ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The keys of the present records that begin with a text, in order. */
    static List<Key> keys(StoreView view, String prefix) {
        List<Key> keys = new ArrayList<>();
        TreeCursor scan = view.tree().scan(KeyRange.prefix(prefix.getBytes(StandardCharsets.UTF_8)));
        while (scan.next()) {
            if (!scan.entry().deleted()) {
                keys.add(Key.ofBytes(scan.entry().key()));
            }
        }
        return keys;
    }

    /** The content of a present record. */
    static byte[] data(StoreView view, Key key) {
        return view.read(view.find(key).orElseThrow()).data();
    }

    static void put(Transaction tx, Key key, byte[] record) {
        tx.put(new UnstampedVersion(key, Optional.of(EncodedDocument.plain(record)), Version.FOREVER,
                Version.NOBODY));
    }

    static void delete(Transaction tx, Key key) {
        tx.put(new UnstampedVersion(key, Optional.empty(), Version.FOREVER, Version.NOBODY));
    }

    static Refusal malformed(Key key) {
        return new Refusal(Reason.DAMAGED, "the record " + key.text().substring(1) + " is malformed");
    }
}
