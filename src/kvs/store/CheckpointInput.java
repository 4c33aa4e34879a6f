package kvs.store;

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
import kvs.model.Coverage;
import kvs.tree.Entry;
import kvs.tree.Run;
import kvs.tree.Sum;
import kvs.tree.Tree;
import kvs.world.DiskFile;
import kvs.world.Failures;

/** Reads a {@link Checkpoint}; everything is checked, and whatever is wrong makes the file unreadable as a whole. */
final class CheckpointInput {

    private final LogWindow window;
    private long position;

    CheckpointInput(DiskFile file) throws IOException {
        this.window = new LogWindow(file);
    }

    Checkpoint load(int width) throws IOException {
        try {
            magic();
            ByteBuffer head = block('H');
            int segment = head.getInt();
            int end = head.getInt();
            Head next = new Head(head.getLong(), head.getLong(), head.getLong(), head.getLong());
            Damage damage = Checkpoint.damage(head);
            List<UUID> owners = Checkpoint.owners(head);
            Layout layout = new Layout(Checkpoint.numbers(head), List.of());
            ByteBuffer noted = block('N');
            Coverage reach = Coverage.decode(Checkpoint.taken(noted)).orElseThrow(() -> new BadRecord("reach of the checkpoint"));
            Notes notes = Checkpoint.notes(noted);
            Map<Integer, List<KeyFilter>> filters = new TreeMap<>();
            while (kind() == 'K') {
                ByteBuffer in = block('K');
                filters.put(in.getInt(), Checkpoint.filters(in));
            }
            Tree tree = Tree.ofRuns(width, new Runs());
            ByteBuffer last = block('E');
            byte[] digest = new byte[Sum.BYTES];
            long count = last.getLong();
            last.get(digest);
            if (count != tree.summary().count() || !Arrays.equals(digest, tree.summary().digest()) || position != window.size()) {
                throw new BadRecord("checkpoint does not add up");
            }
            return new Checkpoint(new Snapshot(new Root(tree, damage), segment, end, next, notes, layout), owners, reach, filters);
        } catch (BufferUnderflowException | IllegalArgumentException | BadRuns e) {
            throw new BadRecord("checkpoint: " + Failures.text(e));
        }
    }

    private void magic() throws IOException {
        byte[] magic = new byte[Checkpoint.MAGIC.length];
        if (window.size() < magic.length) {
            throw new BadRecord("checkpoint is too short");
        }
        ByteBuffer in = window.at(0, magic.length);
        in.get(window.index(0), magic);
        if (!Arrays.equals(magic, Checkpoint.MAGIC)) {
            throw new BadRecord("no checkpoint");
        }
        position = magic.length;
    }

    /** The kind of the next block, 0 at the end of the file. */
    private int kind() throws IOException {
        return position + Checkpoint.BLOCK_HEAD >= window.size() ? 0 : window.at(position, Checkpoint.BLOCK_HEAD + 1)
                .get(window.index(position) + Checkpoint.BLOCK_HEAD);
    }

    /** The next block behind its kind. */
    private ByteBuffer block(int kind) throws IOException {
        if (kind() != kind) {
            throw new BadRecord("block of the checkpoint at " + position);
        }
        int bytes = window.at(position, Checkpoint.BLOCK_HEAD).getInt(window.index(position));
        if (bytes < 1 || bytes > Checkpoint.BLOCK_MAX || position + Checkpoint.BLOCK_HEAD + bytes > window.size()) {
            throw new BadRecord("length of a block of the checkpoint at " + position);
        }
        ByteBuffer in = window.at(position, Checkpoint.BLOCK_HEAD + bytes);
        int start = window.index(position) + Checkpoint.BLOCK_HEAD;
        if (Checksum.of(0, in, start, start + bytes) != in.getInt(start - 4)) {
            throw new BadRecord("checksum of a block of the checkpoint at " + position);
        }
        position += Checkpoint.BLOCK_HEAD + bytes;
        return in.duplicate().limit(start + bytes).position(start + 1);
    }

    /** An {@code IOException} on its way through an iterator. */
    private static final class BadRuns extends RuntimeException {

        private static final long serialVersionUID = 1L;

        BadRuns(IOException cause) {
            super(Failures.text(cause), cause);
        }
    }

    /** The runs of the file, one after the other. */
    private final class Runs implements Iterator<Run> {

        @Override
        public boolean hasNext() {
            try {
                return kind() == 'R';
            } catch (IOException e) {
                throw new BadRuns(e);
            }
        }

        @Override
        public Run next() {
            try {
                ByteBuffer in = block('R');
                int count = in.getInt();
                byte[] sum = new byte[Sum.BYTES];
                in.get(sum);
                List<Entry> entries = new ArrayList<>(Math.min(count, Tree.WIDTH));
                for (int i = 0; i < count; i++) {
                    entries.add(Checkpoint.entry(in));
                }
                return new Run(entries, Sum.ofBytes(sum));
            } catch (IOException e) {
                throw new BadRuns(e);
            }
        }
    }
}
