package kvs.streams;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kvs.documents.AccessContext;
import kvs.documents.ClientPosition;
import kvs.model.Coverage;

/** Streams that have all events up to one position and show the same view. Guarded by its owner. */
final class StreamGroup {

    private final StreamView view;
    private final AccessContext reader;
    private final Map<StreamLane, Set<ChangeStream>> members = new LinkedHashMap<>();
    private ClientPosition position;
    private long number;
    private boolean more;

    /** The view and the place of a group. The time in a position only bounds what expires meanwhile. */
    record Key(StreamView view, long number, Coverage covered) { }

    /** A group at the place of {@code page}, for streams like {@code first}. */
    StreamGroup(ChangeStream first, StreamPage page) {
        this.view = first.view();
        this.reader = first.reader();
        advance(page);
    }

    static Key key(StreamView view, StreamPage page) {
        return new Key(view, page.number(), page.next().covered());
    }

    Key key() {
        return new Key(view, number, position.covered());
    }

    StreamView view() {
        return view;
    }

    /** A reader for whom all pages are read: all of its streams have the same rights. */
    AccessContext reader() {
        return reader;
    }

    ClientPosition position() {
        return position;
    }

    /** Whether it lacks events up to {@code last}. */
    boolean isBehind(long last) {
        return more || number < last;
    }

    void add(ChangeStream stream) {
        members.computeIfAbsent(stream.lane(), lane -> new LinkedHashSet<>()).add(stream);
    }

    void addAll(StreamGroup other) {
        other.members.forEach((lane, streams) ->
                members.computeIfAbsent(lane, added -> new LinkedHashSet<>()).addAll(streams));
    }

    void remove(ChangeStream stream) {
        members.computeIfPresent(stream.lane(), (lane, streams) -> {
            streams.remove(stream);
            return streams.isEmpty() ? null : streams;
        });
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    List<StreamLane> lanes() {
        return new ArrayList<>(members.keySet());
    }

    /** The members on a lane now. */
    ChangeStream[] on(StreamLane lane) {
        return members.get(lane).toArray(ChangeStream[]::new);
    }

    /** All members. */
    List<ChangeStream> members() {
        List<ChangeStream> all = new ArrayList<>();
        members.values().forEach(all::addAll);
        return all;
    }

    /** Moves it behind a page. */
    void advance(StreamPage page) {
        position = page.next();
        number = page.number();
        more = page.more();
    }
}
