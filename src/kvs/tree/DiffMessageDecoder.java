package kvs.tree;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kvs.tree.DiffMessage.Deferred;
import kvs.tree.DiffMessage.Digests;
import kvs.tree.DiffMessage.Items;
import kvs.tree.DiffMessage.KeyVersion;
import kvs.tree.DiffMessage.MalformedException;
import kvs.tree.DiffMessage.Part;
import kvs.tree.DiffMessage.Request;

/**
 * Decodes the bytes of a {@link DiffMessage} and trusts nothing in them: their sender causes no more memory
 * or work than the bounds of a message allow.
 */
final class DiffMessageDecoder {

    private final ByteBuffer bytes;
    private byte[] last = {};
    private int unfolded;

    DiffMessageDecoder(byte[] message) {
        this.bytes = ByteBuffer.wrap(message);
    }

    /** The message, which must use all of the bytes. */
    DiffMessage message() throws MalformedException {
        int count = number();
        if (count > DiffMessage.PARTS_MAX) {
            throw new MalformedException(count + " parts");
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Part part = part();
            if (i > 0 && !follows(parts.get(i - 1).range(), part.range())) {
                throw new MalformedException("parts out of order");
            }
            parts.add(part);
        }
        if (bytes.hasRemaining()) {
            throw new MalformedException("bytes after the last part");
        }
        return new DiffMessage(parts);
    }

    private static boolean follows(KeyRange before, KeyRange after) {
        return before.to().isPresent() && Arrays.compareUnsigned(before.to().get(), after.from()) <= 0;
    }

    private Part part() throws MalformedException {
        int kind = bytes.get();
        byte[] from = key();
        KeyRange range = new KeyRange(from, switch (bytes.get()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(key());
            default -> throw new MalformedException("end of a range");
        });
        if (range.empty()) {
            throw new MalformedException("empty range");
        }
        return switch (kind) {
            case DiffMessage.DIGESTS -> digests(range);
            case DiffMessage.WANT -> new Request(range);
            case DiffMessage.ITEMS -> items(range);
            case DiffMessage.LATER -> new Deferred(range);
            default -> throw new MalformedException("part of kind " + kind);
        };
    }

    private Digests digests(KeyRange range) throws MalformedException {
        int count = number();
        if (count < 1 || count > bytes.remaining() / DiffMessage.DIGEST_BYTES) {
            throw new MalformedException(count + " digests");
        }
        List<byte[]> digests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] digest = new byte[DiffMessage.DIGEST_BYTES];
            bytes.get(digest);
            digests.add(digest);
        }
        List<byte[]> splits = new ArrayList<>();
        byte[] before = range.from();
        for (int i = 1; i < count; i++) {
            splits.add(inside(range, before, true));
            before = splits.get(i - 1);
        }
        return new Digests(range, splits, digests);
    }

    private Items items(KeyRange range) throws MalformedException {
        List<KeyVersion> items = new ArrayList<>();
        byte[] before = range.from();
        for (int left = number(); left > 0; left--) {
            before = inside(range, before, !items.isEmpty());
            items.add(new KeyVersion(before, bytes.getLong(), bytes.getLong(), bytes.getLong()));
        }
        return new Items(range, items);
    }

    /** A key in the range, not below the one before it; with {@code above} not equal to it either. */
    private byte[] inside(KeyRange range, byte[] before, boolean above) throws MalformedException {
        byte[] key = key();
        int order = Arrays.compareUnsigned(before, key);
        if (!range.contains(key) || order > 0 || above && order == 0) {
            throw new MalformedException("keys out of order");
        }
        return key;
    }

    private byte[] key() throws MalformedException {
        int shared = number();
        int more = number();
        if (shared > last.length || more > bytes.remaining() || shared + more > DiffMessage.KEY_MAX) {
            throw new MalformedException("key of " + shared + " and " + more + " bytes");
        }
        unfolded += shared + more;
        if (unfolded > DiffMessage.UNFOLDED_BYTES_MAX) {
            throw new MalformedException("its keys take more than "
                    + DiffMessage.UNFOLDED_BYTES_MAX + " bytes");
        }
        byte[] key = Arrays.copyOf(last, shared + more);
        bytes.get(key, shared, more);
        last = key;
        return key;
    }

    private int number() throws MalformedException {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int b = bytes.get();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new MalformedException("number");
    }
}
