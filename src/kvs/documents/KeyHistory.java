package kvs.documents;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Version;
import kvs.tree.Entry;

/**
 * The versions of one key that are kept here, the greatest first, which is how last-write-wins would order them had they all come in time; and
 * which of them somebody may see. Holds no documents. Immutable, and a pure function of what it is made of; it has a truth table in its test.
 */
public final class KeyHistory {

    /** The place of the present version. */
    static final int PRESENT = -1;

    /**
     * One version.
     *
     * @param place in the past of the entry, {@link #PRESENT} for the entry itself
     * @param version it, without its document; empty when it is unreadable
     * @param bytes of the document
     * @param conflict whether it lost a conflict that nobody has resolved
     */
    public record Revision(int place, Optional<Version> version, int bytes, boolean conflict) {

        /** Whether this is the present version, dead or alive. */
        public boolean current() {
            return place == PRESENT;
        }

        private boolean is(UUID uuid) {
            return version.filter(one -> one.uuid().equals(uuid)).isPresent();
        }
    }

    /** Who looks. */
    @FunctionalInterface
    interface Visibility {

        /** See {@link AccessContext.Grants#showsOld}. */
        boolean see(Optional<UUID> owner, Optional<UUID> living);
    }

    /** What was here at some moment. */
    public sealed interface PastState { }

    /**
     * A version lived.
     *
     * @param revision which
     */
    public record Live(Revision revision) implements PastState { }

    /** Nothing lived, or nothing that they may know of. */
    public record Absent() implements PastState { }

    /**
     * What is kept does not tell: a version that was replaced then is forgotten, never came here, cannot be
     * read, or is another's.
     */
    public record Unknown() implements PastState { }

    private final Entry entry;
    private final List<Revision> kept;
    private final List<Revision> shown = new ArrayList<>();
    /** Of the life that the key has now, but of another owner: they are not shown what it was. */
    private final List<Revision> foreign = new ArrayList<>();

    /**
     * A timeline.
     *
     * @param kept in any order
     * @param owner to whom the entry belongs
     * @param living whether the entry lives now
     */
    KeyHistory(Entry entry, List<Revision> kept, UUID owner, boolean living, Visibility eyes) {
        this.entry = entry;
        this.kept = new ArrayList<>(kept);
        this.kept.sort(Comparator.comparing(Revision::current).thenComparing(one -> one.version.isPresent())
                .thenComparing(one -> one.version.map(Version::rank), (a, b) -> a.isPresent() && b.isPresent() ? a.get().compareTo(b.get()) : 0)
                .reversed());
        choose(owner, living ? Optional.of(owner) : Optional.empty(), eyes);
    }

    /** An unreadable version may have been a deletion, so it counts as one. */
    private void choose(UUID owner, Optional<UUID> living, Visibility eyes) {
        boolean damaged = damaged();
        boolean ended = false;
        long replaced = entry.timestamp();
        for (Revision one : kept) {
            boolean dies = one.version.filter(version -> version.deleted()).isPresent();
            if (!one.current()) {
                long by = replaced;
                dies |= damaged || one.version.filter(version -> version.deadAt(by)).isPresent();
            }
            ended |= dies;
            replaced = one.version.map(Version::timestamp).orElse(replaced);
            if (eyes.see(one.current() ? Optional.of(owner) : one.version.map(Version::owner), living)) {
                shown.add(one);
            } else if (!ended) {
                foreign.add(one);
            }
        }
    }

    /** The entry with this past. */
    public Entry entry() {
        return entry;
    }

    /** What they see, the greatest first; unreadable ones, of which nobody knows where they stood, last. */
    public List<Revision> shown() {
        return List.copyOf(shown);
    }

    /** One that they see. */
    public Optional<Revision> find(UUID uuid) {
        return shown.stream().filter(one -> one.is(uuid)).findFirst();
    }

    /** Whether they see that something is unreadable. */
    public boolean showsDamage() {
        return shown.stream().anyMatch(one -> one.version.isEmpty());
    }

    /** The version that was current at {@code ms}: the greatest that was written until then, losers of conflicts too. */
    public PastState at(long ms) {
        Optional<Revision> then = kept.stream().filter(one -> one.version.filter(version -> version.timestamp() <= ms).isPresent()).findFirst();
        if (then.filter(Revision::current).isEmpty() && (damaged() || gap(then.flatMap(Revision::version).map(Version::timestamp).orElse(0L), ms))) {
            return new Unknown();
        }
        boolean lived = then.flatMap(Revision::version).filter(version -> !version.deadAt(ms)).isPresent();
        if (lived && foreign.contains(then.get())) {
            return new Unknown();
        }
        return lived && shown.contains(then.get()) ? new Live(then.get()) : new Absent();
    }

    /** Whether something that was written after {@code ms} replaced what is newer than {@code found} and not kept. */
    private boolean gap(long found, long ms) {
        return shown.stream().flatMap(one -> one.version.stream()).filter(version -> version.timestamp() > ms)
                .mapToLong(version -> version.lineage().prevTimestamp())
                .anyMatch(previous -> previous > found && kept.stream().flatMap(one -> one.version.stream())
                        .noneMatch(version -> version.timestamp() == previous));
    }

    private boolean damaged() {
        return kept.stream().anyMatch(one -> one.version.isEmpty());
    }
}
