package kvs.documents;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Version;
import kvs.tree.Entry;

/**
 * The versions of one key that are kept here, the greatest first: the order of last-write-wins, had they all
 * arrived in time. It decides which of them the caller may see. Holds no documents. Immutable, and a pure
 * function of its parts; it has a truth table in its test.
 */
public final class KeyHistory {

    /** The place of the present version. */
    static final int PRESENT = -1;

    /**
     * A version.
     *
     * @param place index in the older versions of the entry, {@link #PRESENT} for the entry itself
     * @param version the version without its document; empty when it is unreadable
     * @param bytes size of the document
     * @param conflict whether it lost a conflict that is not resolved
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

    /** The caller's right to see a version. */
    @FunctionalInterface
    interface Visibility {

        /** See {@link AccessContext.Grants#showsOld}. */
        boolean see(Optional<UUID> owner, Optional<UUID> living);
    }

    /** The state of the key at a moment. */
    public sealed interface PastState { }

    /**
     * A version lived.
     *
     * @param revision that version
     */
    public record Live(Revision revision) implements PastState { }

    /** No version lived, or none that the caller may know of. */
    public record Absent() implements PastState { }

    /**
     * The kept versions do not show it: a version that was replaced then is forgotten, never arrived, is
     * unreadable, or belongs to another owner.
     */
    public record Unknown() implements PastState { }

    private final Entry entry;
    private final List<Revision> kept;
    private final List<Revision> shown = new ArrayList<>();
    /** Versions of the present life of the key that belong to another owner: the caller does not see them. */
    private final List<Revision> foreign = new ArrayList<>();

    /**
     * A history.
     *
     * @param kept the versions in any order
     * @param owner owner of the entry
     * @param living whether the entry lives now
     */
    KeyHistory(Entry entry, List<Revision> kept, UUID owner, boolean living, Visibility visibility) {
        this.entry = entry;
        this.kept = new ArrayList<>(kept);
        this.kept.sort(Comparator.comparing(Revision::current).thenComparing(one -> one.version.isPresent())
                .thenComparing(one -> one.version.map(Version::rank), (a, b) -> a.isPresent() && b.isPresent()
                        ? a.get().compareTo(b.get()) : 0).reversed());
        choose(owner, living ? Optional.of(owner) : Optional.empty(), visibility);
    }

    /**
     * Sorts versions into shown and foreign. An unreadable one counts as a deletion: it may have been one.
     */
    private void choose(UUID owner, Optional<UUID> living, Visibility visibility) {
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
            if (visibility.see(one.current() ? Optional.of(owner) : one.version.map(Version::owner),
                    living)) {
                shown.add(one);
            } else if (!ended) {
                foreign.add(one);
            }
        }
    }

    /** The present entry of the key. */
    public Entry entry() {
        return entry;
    }

    /** The versions that the caller sees, the greatest first; unreadable ones, of unknown place, last. */
    public List<Revision> shown() {
        return List.copyOf(shown);
    }

    /** A version that the caller sees. */
    public Optional<Revision> find(UUID uuid) {
        return shown.stream().filter(one -> one.is(uuid)).findFirst();
    }

    /** Whether the caller sees an unreadable version. */
    public boolean showsDamage() {
        return shown.stream().anyMatch(one -> one.version.isEmpty());
    }

    /** The version current at {@code ms}: the greatest written until then, losers of conflicts too. */
    public PastState at(long ms) {
        Optional<Revision> then = kept.stream()
                .filter(one -> one.version.filter(version -> version.timestamp() <= ms).isPresent())
                .findFirst();
        if (then.filter(Revision::current).isEmpty() && (damaged()
                || gap(then.flatMap(Revision::version).map(Version::timestamp).orElse(0L), ms))) {
            return new Unknown();
        }
        boolean lived = then.flatMap(Revision::version).filter(version -> !version.deadAt(ms)).isPresent();
        if (lived && foreign.contains(then.get())) {
            return new Unknown();
        }
        return lived && shown.contains(then.get()) ? new Live(then.get()) : new Absent();
    }

    /** Whether a version after {@code ms} replaced one that is newer than {@code found} and not kept. */
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
