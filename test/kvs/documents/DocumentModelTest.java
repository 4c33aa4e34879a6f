package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.sim.SimDice;
import kvs.tree.KeyRange;
import kvs.world.Logger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories against a map that does the same without a store: writes, conditions, batches, bulk
 * changes, time that passes, purges and power cuts. After every step reads, listings and totals must agree,
 * and the entity tag of all documents changes when the content does.
 */
class DocumentModelTest {

    private static final int STEPS = 400;
    private static final String[] NAMES = {"a", "b", "c/d", "c", "c/e/f", "c!", "g/h", "g0"};
    private static final String[] PREFIXES = {"", "c/", "g/", "c/e/", "none/"};

    /** The document of a key in the model. */
    private record Value(String json, long expires, UUID uuid) { }

    private SimDice dice;
    private LocalDocuments node;
    private Purger purger;
    private final TreeMap<Key, Value> model = new TreeMap<>();
    private String before = "";
    private Optional<EntityTag> tagBefore = Optional.empty();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void agreesWithAMap(long seed) {
        dice = new SimDice(seed);
        node = new LocalDocuments(seed, dice.chance(50) ? 0 : 5_000);
        purger = new Purger(node.store, node.clock, Logger.none(), () -> 7_200_000,
                Purger.PurgeConstraints.NONE);
        int most = 0;
        for (int i = 0; i < STEPS; i++) {
            String step = step();
            agree("seed " + seed + ", step " + i + ": " + step);
            most = Math.max(most, model.size());
        }
        assertTrue(most > NAMES.length / 2, "seed " + seed + " never had more than " + most + " keys");
    }

    private String step() {
        switch (dice.below(12)) {
            case 0, 1, 2 -> put();
            case 3 -> delete();
            case 4, 5, 6 -> batch();
            case 7 -> deleteBelow();
            case 8 -> touchBelow();
            case 9 -> node.clock.advance(dice.below(3) * 1_000L);
            case 10 -> purge();
            default -> restart();
        }
        return model.toString();
    }

    private void put() {
        Key key = key();
        ExpiryPolicy expiry = expiry();
        Preconditions conditions = conditions(key);
        String json = json();
        Optional<Value> living = living(key);
        boolean holds = conditions.hold(living.map(value -> EntityTag.of(value.uuid)), 0);
        try {
            Operation.Put put = new Operation.Put(key, node.documents.document(LocalDocuments.bytes(json)),
                    expiry, conditions);
            UUID uuid = node.done(node.documents.put(put, node.access)).uuid();
            assertTrue(holds, "it was written although the condition does not hold");
            model.put(key, new Value(json, expires(expiry, living), uuid));
        } catch (Refusal refusal) {
            assertTrue(!holds, () -> refusal.detail());
        }
    }

    private void delete() {
        Key key = key();
        boolean force = dice.chance(20);
        boolean here = living(key).isPresent();
        try {
            node.done(node.documents.delete(new Operation.Delete(key, force, Preconditions.NONE),
                    node.access));
            assertTrue(here || force, "it was deleted although nothing was here");
            model.remove(key);
        } catch (Refusal refusal) {
            assertTrue(!here && !force, () -> refusal.detail());
        }
    }

    private void batch() {
        boolean atomic = dice.chance(50);
        List<Operation> ops = new ArrayList<>();
        Set<Key> used = new HashSet<>();
        for (int i = dice.below(5); i >= 0; i--) {
            Key key = key();
            if (used.add(key) || !atomic) {
                ops.add(op(key));
            }
        }
        TreeMap<Key, Value> trial = new TreeMap<>(model);
        List<Boolean> good = new ArrayList<>();
        ops.forEach(op -> good.add(apply(trial, op)));
        List<OperationOutcome> outcomes = node.done(node.documents.batch(ops, atomic, node.access));
        boolean undone = atomic && good.contains(false);
        for (int i = 0; i < ops.size(); i++) {
            boolean refused = outcomes.get(i) instanceof OperationOutcome.Refused;
            assertEquals(good.get(i), !refused, "operation " + i + " of " + ops);
            assertEquals(undone && !refused, outcomes.get(i) instanceof OperationOutcome.RolledBack);
            if (outcomes.get(i) instanceof OperationOutcome.Stored stored) {
                trial.computeIfPresent(ops.get(i).key(),
                        (key, value) -> new Value(value.json, value.expires, stored.receipt().uuid()));
            }
        }
        if (!undone) {
            model.clear();
            model.putAll(trial);
        }
    }

    /** Applies an operation to a map; whether it was possible. Ids are not known before. */
    private boolean apply(TreeMap<Key, Value> map, Operation op) {
        Optional<Value> living = Optional.ofNullable(map.get(op.key()))
                .filter(value -> value.expires > node.clock.wallMs());
        if (op instanceof Operation.Put put) {
            String json = new String(put.document().raw(), StandardCharsets.UTF_8);
            map.put(op.key(), new Value(json, expires(put.expiry(), living), Version.NOBODY));
            return true;
        } else if (op instanceof Operation.Delete) {
            map.remove(op.key());
        }
        return living.isPresent();
    }

    private Operation op(Key key) {
        Preconditions something = new Preconditions(Optional.of(Preconditions.Match.header("*")),
                Optional.empty());
        return switch (dice.below(4)) {
            case 0, 1 -> new Operation.Put(key, node.documents.document(LocalDocuments.bytes(json())),
                    expiry(), Preconditions.NONE);
            case 2 -> new Operation.Delete(key, false, Preconditions.NONE);
            default -> dice.chance(50) ? new Operation.Get(key) : new Operation.Check(key, something);
        };
    }

    private void deleteBelow() {
        byte[] prefix = LocalDocuments.bytes(PREFIXES[dice.below(PREFIXES.length)]);
        List<Key> below = below(prefix);
        assertEquals(below.size(),
                node.done(node.bulk.delete(prefix, Optional.empty(), node.access)).count());
        below.forEach(model::remove);
    }

    private void touchBelow() {
        byte[] prefix = LocalDocuments.bytes(PREFIXES[dice.below(PREFIXES.length)]);
        ExpiryPolicy.TimeToLive expiry = new ExpiryPolicy.TimeToLive(dice.below(4) * 1_000L);
        List<Key> below = below(prefix);
        CompletionStage<BulkOperations.BulkResult> touch = node.bulk.touchBelow(prefix, Optional.empty(),
                expiry, node.access);
        assertEquals(below.size(), node.done(touch).count());
        for (Key key : below) {
            model.computeIfPresent(key, (k, value) -> new Value(value.json, expires(expiry, Optional.empty()),
                    node.read(key.text()).uuid()));
        }
    }

    private void purge() {
        node.clock.advance(600_000L * dice.below(16));
        for (int i = 0; i < 10; i++) {
            purger.step();
            node.work();
        }
        node.store.root().tree().check();
    }

    private void restart() {
        node.restart();
        purger = new Purger(node.store, node.clock, Logger.none(), () -> 7_200_000,
                Purger.PurgeConstraints.NONE);
    }

    private void agree(String where) {
        model.values().removeIf(value -> value.expires <= node.clock.wallMs());
        for (String name : NAMES) {
            assertEquals(Optional.ofNullable(model.get(Key.of(name))).map(Value::json),
                    node.get(name), where);
        }
        for (String prefix : PREFIXES) {
            List<Key> below = below(LocalDocuments.bytes(prefix));
            int limit = 1 + dice.below(10);
            assertEquals(below.stream().map(Key::text).toList(), listed(prefix, true, limit), where);
            assertEquals(children(below, prefix), listed(prefix, false, limit), where);
            long bytes = below.stream()
                    .mapToLong(key -> key.bytes().length + LocalDocuments.bytes(model.get(key).json).length)
                    .sum();
            assertEquals(new PrefixTotals(below.size(), bytes), PrefixTotals.below(node.store.root(),
                    LocalDocuments.bytes(prefix), node.clock.wallMs()).orElseThrow(), where);
        }
        Optional<EntityTag> tag = PrefixTotals.tag(node.store.root(), KeyRange.all(), "all",
                node.clock.wallMs());
        String now = model.toString();
        if (!now.equals(before)) {
            assertNotEquals(tagBefore, tag, where);
        }
        before = now;
        tagBefore = tag;
    }

    private List<String> listed(String prefix, boolean recurse, int limit) {
        List<String> items = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            Listing.Page page = node.list(prefix, recurse, limit, after);
            assertTrue(page.keys().size() + page.prefixes().size() <= limit);
            page.keys().forEach(entry -> items.add(RangePage.path(entry)));
            items.addAll(page.prefixes());
            after = page.next();
        } while (after.isPresent());
        return items.stream().sorted().toList();
    }

    private static List<String> children(List<Key> below, String prefix) {
        return below.stream().map(key -> {
            int slash = key.text().indexOf('/', prefix.length());
            return slash < 0 ? key.text() : key.text().substring(0, slash + 1);
        }).distinct().sorted().toList();
    }

    private List<Key> below(byte[] prefix) {
        return model.entrySet().stream().filter(e -> e.getValue().expires > node.clock.wallMs())
                .map(e -> e.getKey()).filter(key -> KeyRange.prefix(prefix).contains(key.bytes())).toList();
    }

    private Optional<Value> living(Key key) {
        return Optional.ofNullable(model.get(key)).filter(value -> value.expires > node.clock.wallMs());
    }

    private long expires(ExpiryPolicy expiry, Optional<Value> living) {
        if (expiry instanceof ExpiryPolicy.KeepExisting keep) {
            return living.map(Value::expires).orElseGet(() -> expires(keep.otherwise(), living));
        }
        long ttlMs = ((ExpiryPolicy.TimeToLive) expiry).ttlMs();
        return ttlMs == 0 ? Version.FOREVER : node.clock.wallMs() + ttlMs;
    }

    private Key key() {
        return Key.of(NAMES[dice.below(NAMES.length)]);
    }

    private String json() {
        return '"' + "x".repeat(dice.chance(10) ? 1_000 : dice.below(4)) + '"';
    }

    private ExpiryPolicy expiry() {
        return switch (dice.below(3)) {
            case 0 -> node.documents.defaultExpiry();
            case 1 -> new ExpiryPolicy.TimeToLive(dice.below(4) * 1_000L);
            default -> new ExpiryPolicy.KeepExisting(node.documents.defaultExpiry());
        };
    }

    private Preconditions conditions(Key key) {
        Optional<Preconditions.Match> any = Optional.of(Preconditions.Match.header("*"));
        Optional<Preconditions.Match> mine = living(key)
                .map(value -> Preconditions.Match.member(value.uuid.toString()));
        return switch (dice.below(4)) {
            case 0 -> new Preconditions(any, Optional.empty());
            case 1 -> new Preconditions(Optional.empty(), any);
            case 2 -> new Preconditions(mine, Optional.empty());
            default -> Preconditions.NONE;
        };
    }
}
