package kvs.recovery;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import kvs.log.BadRecordException;
import kvs.log.Checksum;
import kvs.log.DamagedRecords;
import kvs.log.FileWindow;
import kvs.log.KeyBloomFilter;
import kvs.log.LogHead;
import kvs.log.SegmentSequence;
import kvs.model.Coverage;
import kvs.tree.Entry;
import kvs.tree.HashSum;
import kvs.tree.StoredLeaf;
import kvs.tree.Tree;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/** Reads a {@link Checkpoint} and checks everything; any fault makes the complete file unreadable. */
final class CheckpointReader {

    private final FileWindow window;
    private long position;

    CheckpointReader(DiskFile file) throws IOException {
        this.window = new FileWindow(file);
    }

    Checkpoint load(int width) throws IOException {
        try {
            magic();
            ByteBuffer head = block('H');
            int segment = head.getInt();
            int end = head.getInt();
            LogHead next = new LogHead(head.getLong(), head.getLong(), head.getLong(), head.getLong());
            DamagedRecords damage = Checkpoint.damage(head);
            List<UUID> owners = Checkpoint.owners(head);
            SegmentSequence layout = new SegmentSequence(Checkpoint.numbers(head), List.of());
            ByteBuffer noted = block('N');
            Coverage coverage = Coverage.decode(Checkpoint.taken(noted))
                    .orElseThrow(() -> new BadRecordException("reach of the checkpoint"));
            StoreNotes notes = Checkpoint.notes(noted);
            Map<Integer, List<KeyBloomFilter>> filters = new TreeMap<>();
            while (kind() == 'K') {
                ByteBuffer in = block('K');
                filters.put(in.getInt(), Checkpoint.filters(in));
            }
            Tree tree = Tree.ofRuns(width, new LeafIterator());
            ByteBuffer last = block('E');
            byte[] digest = new byte[HashSum.BYTES];
            long count = last.getLong();
            last.get(digest);
            if (count != tree.summary().count() || !Arrays.equals(digest, tree.summary().digest())
                    || position != window.size()) {
                throw new BadRecordException("checkpoint does not add up");
            }
            return new Checkpoint(new LogState(new IndexSnapshot(tree, damage), segment, end, next, notes,
                    layout), owners, coverage, filters);
        } catch (BufferUnderflowException | IllegalArgumentException | BadLeavesException e) {
            throw new BadRecordException("checkpoint: " + FailureText.text(e));
        }
    }

    private void magic() throws IOException {
        byte[] magic = new byte[Checkpoint.MAGIC.length];
        if (window.size() < magic.length) {
            throw new BadRecordException("checkpoint is too short");
        }
        ByteBuffer in = window.at(0, magic.length);
        in.get(window.index(0), magic);
        if (!Arrays.equals(magic, Checkpoint.MAGIC)) {
            throw new BadRecordException("no checkpoint");
        }
        position = magic.length;
    }

    /** The kind of the next block, 0 at the end of the file. */
    private int kind() throws IOException {
        return position + Checkpoint.BLOCK_HEAD >= window.size() ? 0 : window.at(position,
                Checkpoint.BLOCK_HEAD + 1).get(window.index(position) + Checkpoint.BLOCK_HEAD);
    }

    /** The content of the next block, without its kind. */
    private ByteBuffer block(int kind) throws IOException {
        if (kind() != kind) {
            throw new BadRecordException("block of the checkpoint at " + position);
        }
        int bytes = window.at(position, Checkpoint.BLOCK_HEAD).getInt(window.index(position));
        if (bytes < 1 || bytes > Checkpoint.BLOCK_MAX
                || position + Checkpoint.BLOCK_HEAD + bytes > window.size()) {
            throw new BadRecordException("length of a block of the checkpoint at " + position);
        }
        ByteBuffer in = window.at(position, Checkpoint.BLOCK_HEAD + bytes);
        int start = window.index(position) + Checkpoint.BLOCK_HEAD;
        if (Checksum.of(0, in, start, start + bytes) != in.getInt(start - 4)) {
            throw new BadRecordException("checksum of a block of the checkpoint at " + position);
        }
        position += Checkpoint.BLOCK_HEAD + bytes;
        return in.duplicate().limit(start + bytes).position(start + 1);
    }

    /** An {@code IOException} on its way through an iterator. */
    private static final class BadLeavesException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        BadLeavesException(IOException cause) {
            super(FailureText.text(cause), cause);
        }
    }

    /** The leaves in the file, one after the other. */
    private final class LeafIterator implements Iterator<StoredLeaf> {

        @Override
        public boolean hasNext() {
            try {
                return kind() == 'R';
            } catch (IOException e) {
                throw new BadLeavesException(e);
            }
        }

        @Override
        public StoredLeaf next() {
            try {
                ByteBuffer in = block('R');
                int count = in.getInt();
                byte[] sum = new byte[HashSum.BYTES];
                in.get(sum);
                List<Entry> entries = new ArrayList<>(Math.min(count, Tree.WIDTH));
                for (int i = 0; i < count; i++) {
                    entries.add(Checkpoint.entry(in));
                }
                return new StoredLeaf(entries, HashSum.ofBytes(sum));
            } catch (IOException e) {
                throw new BadLeavesException(e);
            }
        }
    }
}
