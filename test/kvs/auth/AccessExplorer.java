package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import kvs.auth.AccessModelUsers.Word;
import kvs.documents.AccessContext;
import kvs.log.EncodedDocument;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import kvs.tree.Editor;
import kvs.tree.Entry;
import kvs.tree.Tree;

/**
 * Explores breadth first what users can do to each other's keys, with the real documents and accounts: each
 * state is put into a store in memory, each step is done through the API, and its result is judged
 * ({@link AccessProperties}). So the first violation is a shortest one.
 */
final class AccessExplorer {

    static final List<String> WHO = List.of("ann", "mal", "wal", AccessModelUsers.NO);
    static final char[] RIGHTS = {'d', 'w', 'r'};
    private static final List<String> PATHS = AccessGhost.PATHS;
    private static final long MONTH_MS = 30L * 24 * 3_600_000;
    private static final State NOTHING =
            new State(Arrays.asList(new Key[PATHS.size()]), Arrays.asList(new Key[PATHS.size()]), Map.of());

    /** A key: its owner, the owner of its value, and whether it expires. */
    record Key(String owner, String value, boolean dies) { }

    /**
     * The content of the store: keys by path, null for none; the keys that ended, as they last were; records
     * of metadata.
     */
    record State(List<Key> keys, List<Key> past, Map<String, String> meta) { }

    /** A state, with the grants of administrators and the settings of users. */
    record Node(State state, AccessGhost ghost) { }

    /**
     * A request of a user for a path; {@code owner} and {@code word} are null when the request does not name
     * them.
     */
    record Step(String who, String verb, int path, String owner, Word word) {

        @Override
        public String toString() {
            return who + " " + verb + " /" + PATHS.get(path) + (owner == null ? "" : " to " + owner)
                    + (word == null ? "" : " " + new PermissionBits(word.bits()).text()
                    + (word.group() ? " group g" : ""));
        }
    }

    /** The rights of all users: on each key ({@code ann2r}), and to create it ({@code ann2}). */
    record Rights(Set<String> keys, Set<String> creates) {

        Set<String> of(int path) {
            return keys.stream().filter(one -> one.indexOf((char) ('0' + path)) > 0)
                    .collect(Collectors.toSet());
        }
    }

    private final AccessModelUsers crowd;
    private final Map<State, Rights> rights = new HashMap<>();
    private State stored = NOTHING;
    /** The newest document of each path. */
    private final Key[] newest = new Key[PATHS.size()];
    private long steps;

    AccessExplorer(AccessRuleMutant mutant) {
        crowd = new AccessModelUsers(0, mutant);
        crowd.ids.put("?", new UUID(7, 7));
    }

    long steps() {
        return steps;
    }

    /** The first violation, with the steps that lead to it; empty when there is none. */
    Optional<String> explore(List<Step> prelude, List<Step> alphabet, int depth) {
        Node start = new Node(NOTHING, AccessGhost.EMPTY);
        for (Step step : prelude) {
            start = after(start, step).orElseThrow(() -> new AssertionError(step + " is not possible"));
        }
        Map<Node, String> traces = new HashMap<>(Map.of(start, prelude.toString()));
        List<Node> level = List.of(start);
        for (int deep = 0; deep < depth; deep++) {
            List<Node> next = new ArrayList<>();
            for (Node node : level) {
                for (Step step : alphabet) {
                    Optional<Node> after = after(node, step).filter(one -> !one.equals(node));
                    List<String> bad = after.map(one -> judge(node, step, one, !traces.containsKey(one)))
                            .orElse(List.of());
                    if (!bad.isEmpty()) {
                        return Optional.of(bad.get(0) + " after " + traces.get(node) + ", " + step);
                    }
                    if (after.isPresent()
                            && traces.putIfAbsent(after.get(), traces.get(node) + ", " + step) == null) {
                        next.add(after.get());
                    }
                }
            }
            level = next;
        }
        return Optional.empty();
    }

    private List<String> judge(Node before, Step step, Node after, boolean isNew) {
        Rights is = rights(after.state);
        List<String> bad = new ArrayList<>(AccessProperties.step(before, step, after,
                rights(before.state), is));
        if (isNew) {
            boolean made = step.verb.equals("put") && before.state.keys.get(step.path) == null;
            bad.addAll(AccessProperties.state(after, is, made));
            bad.addAll(oracle(after, is));
        }
        return bad;
    }

    private List<String> oracle(Node node, Rights is) {
        Map<Integer, BiPredicate<String, Integer>> without = new TreeMap<>();
        for (int k = 1; k < PATHS.size(); k++) {
            Key key = node.state.keys.get(k);
            int hidden = k;
            boolean any = key != null && AccessModelUsers.USERS.stream()
                    .anyMatch(who -> !key.owner.equals(who) && !is.keys.contains(who + hidden + 'r'));
            if (any) {
                put(node.state);
                StoreView less = new Without(crowd.node.store.root(), AccessModelUsers.bytes(PATHS.get(k)));
                without.put(k, (who, path) -> AccessRuleMutant.maySet(crowd.auth, crowd.caller(who), less,
                        AccessModelUsers.bytes(PATHS.get(path))));
            }
        }
        StoreView all = crowd.node.store.root();
        return without.isEmpty() ? List.of() : AccessProperties.oracle(node, is, without,
                (who, path) -> AccessRuleMutant.maySet(crowd.auth, crowd.caller(who), all,
                AccessModelUsers.bytes(PATHS.get(path))));
    }

    /** A state of the store without one of its keys. */
    private record Without(StoreView view, Tree tree) implements StoreView {

        Without(StoreView view, byte[] key) {
            this(view, less(view, key));
        }

        private static Tree less(StoreView view, byte[] key) {
            Editor editor = view.tree().edit();
            editor.remove(key);
            return editor.publish();
        }

        @Override
        public boolean damaged() {
            return view.damaged();
        }

        @Override
        public Optional<Entry> find(kvs.model.Key key) {
            return tree.get(key.bytes());
        }

        @Override
        public long reservedChanges() {
            return view.reservedChanges();
        }

        @Override
        public Version read(Entry entry) {
            return view.read(entry);
        }

        @Override
        public UUID owner(Entry entry) {
            return view.owner(entry);
        }
    }

    private Rights rights(State state) {
        return rights.computeIfAbsent(state, this::look);
    }

    private Rights look(State state) {
        put(state);
        StoreView view = crowd.node.store.root();
        Set<String> keys = new HashSet<>();
        Set<String> creates = new HashSet<>();
        for (String who : WHO) {
            AccessContext.Grants grants = crowd.access(who).on(view);
            for (int p = 1; p < PATHS.size(); p++) {
                Optional<Entry> living = crowd.living(view, PATHS.get(p));
                for (char right : RIGHTS) {
                    if (living.filter(entry -> AccessModelUsers.may(grants, right, entry)).isPresent()) {
                        keys.add(who + p + right);
                    }
                }
                if (AccessModelUsers.mayCreate(grants, PATHS.get(p))) {
                    creates.add(who + p);
                }
            }
        }
        return new Rights(keys, creates);
    }

    /** The state after a step; empty when the step is refused or changes nothing in the model. */
    private Optional<Node> after(Node node, Step step) {
        Key key = node.state.keys.get(step.path);
        boolean idle = switch (step.verb) {
            case "put" -> key != null && !key.dies;
            case "touch" -> key == null || key.dies;
            case "del", "chown" -> key == null || step.verb.equals("chown") && key.owner.equals(step.owner);
            case "expire" -> key == null || !key.dies;
            case "restore" -> key != null || node.state.past.get(step.path) == null;
            default -> false;
        };
        if (idle) {
            return Optional.empty();
        }
        put(node.state);
        steps++;
        if (!done(step)) {
            return Optional.empty();
        }
        stored = read(node.state);
        return Optional.of(new Node(step.verb.equals("chown") ? given(stored, step.path) : stored,
                ghost(node.ghost, step)));
    }

    /** The new owner of a key becomes the owner of its value. */
    private static State given(State state, int path) {
        Key[] keys = state.keys.toArray(Key[]::new);
        keys[path] = new Key(keys[path].owner, keys[path].owner, keys[path].dies);
        return new State(Arrays.asList(keys), state.past, state.meta);
    }

    private boolean done(Step step) {
        String path = PATHS.get(step.path);
        Optional<Word> word = Optional.ofNullable(step.word);
        return switch (step.verb) {
            case "put" -> crowd.put(step.who, path);
            case "del" -> crowd.delete(step.who, path);
            case "touch" -> crowd.touch(step.who, path, MONTH_MS);
            case "restore" -> crowd.restore(step.who, path);
            case "expire" -> {
                change(tx -> key(tx, step.path, stored.keys.get(step.path), crowd.node.clock.wallMs()));
                yield true;
            }
            case "chown" -> crowd.chown(path, step.owner, word);
            case "give" -> crowd.set(AccessModelUsers.ADM, path, MetadataScope.SUBTREE,
                    Optional.ofNullable(step.owner), named(path, step));
            case "set" -> crowd.set(step.who, path, step.word);
            case "late" -> {
                change(tx -> record(tx, path + " + " + step.who,
                        Optional.of(step.who + " " + step.word.group() + " " + step.word.bits())));
                yield true;
            }
            case "own" -> crowd.set(step.who, path, MetadataScope.OWN_KEYS, Optional.empty(), word);
            default -> crowd.unset(step.who, path);
        };
    }

    /** A request must name something: an administrator who means the settings in force names those. */
    private Optional<Word> named(String path, Step step) {
        if (step.word != null || step.owner != null) {
            return Optional.ofNullable(step.word);
        }
        Metadata set = crowd.auth.metadata().show(path, Optional.of(MetadataScope.SUBTREE),
                crowd.caller(AccessModelUsers.ADM)).metadata();
        return Optional.of(new Word(set.group().equals(crowd.group), set.bits().word()));
    }

    private static AccessGhost ghost(AccessGhost ghost, Step step) {
        return switch (step.verb) {
            case "give" -> ghost.gave(step.path, step.owner, step.word);
            case "set" -> ghost.set(step.who, step.path, step.word);
            case "own", "late" -> ghost.ownKeys(step.who, step.path, step.word);
            case "chown" -> step.word == null ? ghost : ghost.ownKeys(step.owner, step.path, step.word);
            case "unset" -> ghost.unset(step.who, step.path);
            default -> ghost;
        };
    }

    /** The present state; a key that ended since {@code before} keeps its owner there. */
    private State read(State before) {
        StoreView view = crowd.node.store.root();
        Key[] keys = new Key[PATHS.size()];
        Key[] past = before.past.toArray(Key[]::new);
        for (int p = 1; p < keys.length; p++) {
            Optional<Entry> living = crowd.living(view, PATHS.get(p));
            keys[p] = living.map(entry -> key(view, entry)).orElse(null);
            if (keys[p] != null) {
                newest[p] = new Key(keys[p].owner, keys[p].value, false);
            } else if (before.keys.get(p) != null) {
                past[p] = new Key(before.keys.get(p).owner, before.keys.get(p).value, false);
            }
        }
        return new State(Arrays.asList(keys), Arrays.asList(past), meta(view));
    }

    private Key key(StoreView view, Entry entry) {
        String json = new String(view.read(entry).data(), StandardCharsets.UTF_8);
        return new Key(crowd.name(view.owner(entry)), json.substring(1, json.length() - 1),
                entry.expires() != Version.FOREVER);
    }

    private Map<String, String> meta(StoreView view) {
        Map<String, String> meta = new TreeMap<>();
        AccessRuleMutant.records(view).forEach(one ->
                meta.put(one.path() + " " + one.kind() + " " + crowd.name(one.user()),
                crowd.name(one.set().owner()) + " " + one.set().group().equals(crowd.group) + " " + one.set()
                .bits().word()));
        return meta;
    }

    /** Puts a state into the store, with as few writes as possible. */
    private void put(State state) {
        if (state.equals(stored)) {
            return;
        }
        crowd.node.clock.advance(1);
        State from = stored;
        boolean[] again = new boolean[PATHS.size()];
        change(tx -> {
            from.meta.keySet().stream().filter(slot -> !state.meta.containsKey(slot))
                    .forEach(slot -> record(tx, slot, Optional.empty()));
            state.meta.forEach((slot, set) -> {
                if (!set.equals(from.meta.get(slot))) {
                    record(tx, slot, Optional.of(set));
                }
            });
            for (int p = 1; p < PATHS.size(); p++) {
                again[p] = keys(tx, p, from, state);
            }
        });
        change(tx -> {
            for (int p = 1; p < PATHS.size(); p++) {
                if (again[p]) {
                    end(tx, p);
                }
            }
        });
        stored = state;
    }

    /** Whether the key was written only to be deleted: a restore must find it as the newest document. */
    private boolean keys(Transaction tx, int p, State from, State to) {
        Key wanted = to.keys.get(p);
        if (wanted != null) {
            if (!wanted.equals(from.keys.get(p))) {
                key(tx, p, wanted, wanted.dies ? crowd.node.clock.wallMs() + MONTH_MS : Version.FOREVER);
            }
            newest[p] = new Key(wanted.owner, wanted.value, false);
            return false;
        }
        Key past = to.past.get(p);
        if (past != null && !past.equals(newest[p])) {
            key(tx, p, past, Version.FOREVER);
            newest[p] = past;
            return true;
        }
        if (from.keys.get(p) != null) {
            end(tx, p);
        }
        return false;
    }

    private void key(Transaction tx, int p, Key key, long expires) {
        EncodedDocument document = EncodedDocument.plain(AccessModelUsers.bytes("\"" + key.value + "\""));
        tx.put(new UnstampedVersion(kvs.model.Key.of(PATHS.get(p)), Optional.of(document), expires,
                crowd.ids.get(key.owner),
                Optional.of(crowd.ids.get(key.owner))));
    }

    private void end(Transaction tx, int p) {
        tx.put(new UnstampedVersion(kvs.model.Key.of(PATHS.get(p)), Optional.empty(), Version.FOREVER,
                crowd.ids.get(AccessModelUsers.ADM)));
    }

    private void record(Transaction tx, String slot, Optional<String> set) {
        String[] name = slot.split(" ");
        String[] word = set.orElse("- false 0").split(" ");
        Metadata metadata = new Metadata(crowd.ids.get(word[0]), word[1].equals("true") ? crowd.group
                : Version.NOBODY,
                new PermissionBits(Integer.parseInt(word[2])), 1, 1);
        AccessRuleMutant.Stored record = AccessRuleMutant.stored(AccessModelUsers.bytes(name[0]), name[1],
                crowd.ids.get(name[2]), metadata);
        tx.put(new UnstampedVersion(kvs.model.Key.ofBytes(record.key()),
                set.map(any -> EncodedDocument.plain(record.json())), Version.FOREVER,
                crowd.ids.get(AccessModelUsers.ADM)));
    }

    private void change(Consumer<Transaction> change) {
        crowd.node.store.submit(new Write() {
            @Override
            public void decide(Transaction tx) {
                change.accept(tx);
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal);
            }
        });
        crowd.node.work();
    }
}
