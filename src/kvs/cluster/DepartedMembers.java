package kvs.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import kvs.model.Member;

/**
 * The members that have left, by node id: the incarnation in which each left, because an older report of such
 * a node is stale, and the source of the report. Bounded: the oldest is forgotten. Guarded by the lock of the
 * {@link MemberTable}.
 */
final class DepartedMembers {

    private final Map<String, Departure> departures = new LinkedHashMap<>();

    private record Departure(long incarnation, String reason) { }

    /** Whether that incarnation of a member, or a later one, has left. */
    boolean includes(Member member) {
        Departure known = departures.get(member.id());
        return known != null && known.incarnation >= member.incarnation();
    }

    /** Adds a member; the first reason stays. */
    void add(Member member, String reason) {
        if (departures.size() >= MemberTable.ADDRESSES_MAX) {
            departures.remove(departures.keySet().iterator().next());
        }
        departures.merge(member.id(), new Departure(member.incarnation(), reason), (old, present) ->
                new Departure(Math.max(old.incarnation, present.incarnation), old.reason));
    }

    /** Removes a member, which has come back. */
    void remove(String id) {
        departures.remove(id);
    }

    /** The source of the report that the member of an id has left. */
    String reason(String id) {
        return departures.containsKey(id) ? departures.get(id).reason : "unknown";
    }
}
