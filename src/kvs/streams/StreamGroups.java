package kvs.streams;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import kvs.documents.ClientPosition;

/** The groups of the streams that have all events of their turns. Thread-safe. */
final class StreamGroups {

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}, as are the groups. */
    private final Map<StreamGroup.Key, StreamGroup> groups = new LinkedHashMap<>();
    /** Guarded by {@code lock}: the group of each stream that is in one. */
    private final Map<ChangeStream, StreamGroup> memberships = new HashMap<>();

    /** Lets a stream that has all events of {@code page} wait with the others of its view. */
    void join(ChangeStream stream, StreamPage page) {
        lock.lock();
        try {
            if (!stream.isOver()) {
                StreamGroup group = groups.computeIfAbsent(StreamGroup.key(stream.view(), page),
                        key -> new StreamGroup(stream, page));
                group.add(stream);
                memberships.put(stream, group);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes a stream from its group, if it is in one. */
    void leave(ChangeStream stream) {
        lock.lock();
        try {
            StreamGroup group = memberships.remove(stream);
            if (group != null) {
                group.remove(stream);
                if (group.isEmpty()) {
                    groups.remove(group.key(), group);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** The groups that lack events up to {@code last}. */
    List<StreamGroup> behind(long last) {
        lock.lock();
        try {
            return groups.values().stream().filter(group -> group.isBehind(last)).toList();
        } finally {
            lock.unlock();
        }
    }

    /** All groups. */
    List<StreamGroup> all() {
        lock.lock();
        try {
            return List.copyOf(groups.values());
        } finally {
            lock.unlock();
        }
    }

    /** The position of a group. */
    ClientPosition position(StreamGroup group) {
        lock.lock();
        try {
            return group.position();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves a group behind a page, and adds the deliveries to its members to {@code round}. A page of a sweep
     * is for nobody: the members read it in their turns.
     */
    void advance(StreamGroup group, StreamPage page, Map<StreamLane, List<StreamLane.Delivery>> round) {
        if (page.sweeps()) {
            dissolve(group).forEach(stream -> stream.lane().miss(List.of(stream)));
            return;
        }
        lock.lock();
        try {
            groups.remove(group.key(), group);
            for (StreamLane lane : page.text().length == 0 ? List.<StreamLane>of() : group.lanes()) {
                round.computeIfAbsent(lane, one -> new ArrayList<>())
                        .add(new StreamLane.Delivery(page, group.on(lane)));
            }
            group.advance(page);
            if (!group.isEmpty()) {
                settle(group);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Puts a group that has moved to its place, where another one may be already. */
    private void settle(StreamGroup group) {
        StreamGroup other = groups.putIfAbsent(group.key(), group);
        if (other != null) {
            other.addAll(group);
            group.members().forEach(stream -> memberships.put(stream, other));
        }
    }

    /** Removes a group; its members. */
    List<ChangeStream> dissolve(StreamGroup group) {
        lock.lock();
        try {
            groups.remove(group.key(), group);
            List<ChangeStream> members = group.members();
            members.forEach(memberships::remove);
            return members;
        } finally {
            lock.unlock();
        }
    }
}
