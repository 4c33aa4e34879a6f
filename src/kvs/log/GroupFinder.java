package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Finds the groups of a segment by their headers, and by their trailers where a header is unreadable. One
 * thread.
 */
final class GroupFinder {

    private final FileWindow window;
    private final long salt;
    private final long durable;

    /** Finds groups in a file with that salt, which is known to be durable up to {@code durable}. */
    GroupFinder(FileWindow window, long salt, long durable) {
        this.window = window;
        this.salt = salt;
        this.durable = durable;
    }

    /** The group that starts at {@code at}, by its header or else its trailer; the file may end within it. */
    Optional<Group> group(long at) throws IOException {
        Optional<Group> group = declared(at);
        if (group.isPresent() || at + Group.HEADER_BYTES > window.size()) {
            return group;
        }
        group = Group.decodeOneBitOff(window.at(at, Group.HEADER_BYTES), window.index(at), salt);
        return group.isPresent() ? group
                : byTrailer(at, limit(at)).filter(found -> found.at == at).map(GroupPlace::group);
    }

    /** A group and where it starts. */
    private record GroupPlace(long at, Group group) { }

    /** The first group between {@code from} and {@code to} that has a good trailer. */
    private Optional<GroupPlace> byTrailer(long from, long to) throws IOException {
        ByteBuffer in = window.at(from, (int) (to - from));
        for (long end = from + SegmentScan.STEP; end <= to; end += SegmentScan.STEP) {
            Optional<int[][]> slots = Group.slotsEndingAt(in, window.index(from), window.index(end), salt);
            if (slots.isPresent()) {
                int bytes = Group.bytes(slots.get());
                return Optional.of(new GroupPlace(end - bytes, new Group(bytes, slots.get().length, 0)));
            }
        }
        return Optional.empty();
    }

    /** The group whose header stands there, with all of it within the file. */
    Optional<Group> header(long at) throws IOException {
        return declared(at).filter(group -> at + group.bytes() <= window.size());
    }

    /** The group whose header stands there; the file may end within it. */
    private Optional<Group> declared(long at) throws IOException {
        if (at + Group.HEADER_BYTES > window.size()) {
            return Optional.empty();
        }
        ByteBuffer in = window.at(at, Group.HEADER_BYTES);
        if (in.getInt(window.index(at)) != Group.MAGIC) {
            return Optional.empty();
        }
        try {
            return Optional.of(Group.decode(in, window.index(at), salt));
        } catch (BadRecordException e) {
            return Optional.empty();
        }
    }

    /** Where the first good header from {@code at} on stands, or the size of the file. */
    long nextHeader(long at) throws IOException {
        for (long next = at; next + Group.HEADER_BYTES <= window.size(); next += SegmentScan.STEP) {
            if (header(next).isPresent()) {
                return next;
            }
        }
        return window.size();
    }

    /**
     * The end of a stretch with neither header nor trailer: the start of the next group that has one of them.
     */
    long regionEnd(long at) throws IOException {
        long limit = limit(at);
        return byTrailer(at, limit).map(GroupPlace::at).filter(next -> next > at).orElse(limit);
    }

    /** The bound of a group that starts at {@code at}: the next header, the durable end or the last byte. */
    private long limit(long at) throws IOException {
        long next = nextHeader(at + SegmentScan.STEP);
        if (at < durable) {
            return Math.min(next, durable);
        }
        long dirty = (window.dirtyEnd(at) + SegmentScan.STEP - 1) / SegmentScan.STEP * SegmentScan.STEP;
        return next < window.size() ? next : Math.min(window.size(), Math.max(at + SegmentScan.STEP, dirty));
    }
}
