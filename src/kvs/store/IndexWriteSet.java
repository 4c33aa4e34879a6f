package kvs.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.log.SegmentUsage;
import kvs.log.UnreadableKeys;
import kvs.log.VersionChain;
import kvs.model.Key;
import kvs.tree.Editor;
import kvs.tree.Entry;

/**
 * The changes of one decided write to the index and to the live bytes of each segment. Confined to the
 * writer's thread.
 */
final class IndexWriteSet {

    private final SegmentUsage usage;
    private final List<Entry> puts = new ArrayList<>();
    /** Entries of which only the past has changed. */
    private final List<Entry> amended = new ArrayList<>();
    private final List<Key> purges = new ArrayList<>();
    private final List<RecordMove> moves = new ArrayList<>();
    private int keptIn;
    private long kept;

    /**
     * The move of a record that compaction has copied.
     *
     * @param key key of the record
     * @param from old position and length
     * @param segment segment of the copy
     * @param offset offset of the copy
     */
    record RecordMove(byte[] key, Entry.RecordLocation from, int segment, int offset) { }

    IndexWriteSet(SegmentUsage usage) {
        this.usage = usage;
    }

    void clear() {
        puts.clear();
        amended.clear();
        purges.clear();
        moves.clear();
        kept = 0;
    }

    void put(Entry entry) {
        puts.add(entry);
    }

    void amend(Entry entry) {
        amended.add(entry);
    }

    void purge(Key key) {
        purges.add(key);
    }

    void move(RecordMove move) {
        moves.add(move);
    }

    void kept(int segment, long bytes) {
        keptIn = segment;
        kept += bytes;
    }

    boolean purges() {
        return !purges.isEmpty();
    }

    /** Whether a reserved key is written; a purged one was dead already. */
    boolean reserved() {
        for (Entry entry : puts) {
            if (entry.key()[0] == 0) {
                return true;
            }
        }
        return false;
    }

    /** Applies the changes to the index; whether entries moved without a write to the log. */
    boolean apply(Editor editor, UnreadableKeys unreadableKeys) {
        for (Entry entry : puts) {
            account(editor.put(entry), entry);
            unreadableKeys.remove(Key.ofBytes(entry.key()));
        }
        for (Entry entry : amended) {
            account(editor.get(entry.key()), entry);
            editor.amend(entry);
        }
        for (Key key : purges) {
            editor.remove(key.bytes()).ifPresent(gone -> usage.add(gone, -1));
        }
        moves.forEach(move -> apply(move, editor));
        if (kept != 0) {
            usage.add(keptIn, kept);
        }
        return !moves.isEmpty();
    }

    /** Counts the bytes of an entry as live, and no longer those of the entry that it replaces. */
    private void account(Optional<Entry> old, Entry entry) {
        old.ifPresent(gone -> usage.add(gone, -1));
        usage.add(entry, 1);
    }

    private void apply(RecordMove move, Editor editor) {
        Optional<Entry> found = editor.get(move.key);
        if (found.isEmpty()) {
            return;
        }
        Entry entry = found.get();
        Entry.RecordLocation from = move.from;
        int index = VersionChain.find(entry.past(), from.segment(), from.offset());
        if (entry.segment() == from.segment() && entry.offset() == from.offset()) {
            editor.amend(entry.at(new Entry.RecordLocation(move.segment, move.offset, entry.recordBytes(),
                    entry.dataBytes(), entry.past())));
        } else if (index >= 0) {
            editor.amend(entry.at(VersionChain.place(entry,
                    VersionChain.moved(entry.past(), index, move.segment, move.offset))));
        } else {
            return;
        }
        usage.add(from.segment(), -from.recordBytes());
        usage.add(move.segment, from.recordBytes());
    }
}
