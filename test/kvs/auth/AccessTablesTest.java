package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.auth.AccessModelUsers.Word;
import kvs.documents.ExpiryPolicy;
import kvs.gateway.InMemoryApi;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import org.junit.jupiter.api.Test;

/** The truth tables that the model of access wrote, row by row against accounts and documents as they run. */
class AccessTablesTest {

    private static final long HOUR_MS = 3_600_000;

    private final JsonValue tables = tables();

    private static JsonValue tables() {
        try {
            return JsonValue.parse(Files.readAllBytes(Path.of(System.getProperty("kvs.root"),
                    "test/kvs/auth/tables.json")));
        } catch (IOException | JsonException e) {
            throw new AssertionError(e);
        }
    }

    private JsonValue table(String name) {
        return member(tables, name);
    }

    private static JsonValue member(JsonValue object, String name) {
        try {
            return object.field(name).orElseThrow();
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    /** The cells of a row as texts; an array as its elements with a blank between. */
    private static List<String> cells(JsonValue row) {
        try {
            List<String> cells = new ArrayList<>();
            for (JsonValue cell : row.elements()) {
                cells.add(cell.kind() == JsonValue.Kind.ARRAY ? String.join(" ", cells(cell))
                        : InMemoryApi.text(cell));
            }
            return cells;
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    private List<List<String>> rows(String name) {
        return InMemoryApi.elements(table(name), "rows").stream().map(AccessTablesTest::cells).toList();
    }

    private Optional<Word> word(String name) {
        if (name.equals("null")) {
            return Optional.empty();
        }
        JsonValue word = member(member(tables, "words"), name);
        return Optional.of(Word.of(InMemoryApi.member(word, "group").equals("true"),
                InMemoryApi.member(word, "permissions_text")));
    }

    @Test
    void rightsAreThoseOfTheTable() {
        AccessModelUsers crowd = new AccessModelUsers(0, AccessRuleMutant.NONE);
        List<String> prepared = List.of();
        int rows = 0;
        for (List<String> row : rows("rights")) {
            List<String> setting = row.subList(0, 4);
            if (!setting.equals(prepared)) {
                prepare(crowd, setting);
                prepared = setting;
            }
            StringBuilder found = new StringBuilder();
            for (char right : new char[] {'d', 'w', 'r'}) {
                found.append(crowd.may(row.get(4), right, "a/b") ? right : "");
            }
            assertEquals(row.get(5), found.toString(), row.toString());
            rows++;
        }
        assertTrue(rows > 300, "rows: " + rows);
    }

    private void prepare(AccessModelUsers crowd, List<String> setting) {
        for (String user : List.of("ann", "mal", "wal")) {
            crowd.unset(user, "a/b");
        }
        crowd.delete(AccessModelUsers.ADM, "a/b");
        crowd.unset(AccessModelUsers.ADM, "a");
        assertTrue(crowd.put(setting.get(2), "a/b"));
        word(setting.get(3)).ifPresent(own -> assertTrue(crowd.set("ann", "a/b", MetadataScope.OWN_KEYS,
                Optional.empty(), Optional.of(own))));
        assertTrue(crowd.give("a", Optional.of(setting.get(0)), word(setting.get(1))));
    }

    /** An administrator sets metadata of own keys for the owner of a key, so not where none lives. */
    @Test
    void creatingAndSettingAreThoseOfTheTable() {
        AccessModelUsers crowd = new AccessModelUsers(0, AccessRuleMutant.NONE);
        for (List<String> row : rows("create_and_set")) {
            String who = row.get(2);
            assertTrue(crowd.give("a", Optional.of(row.get(0)), word(row.get(1))));
            assertEquals(row.get(3), Boolean.toString(crowd.mayCreate(who, "a")), row.toString());
            assertEquals(row.get(4), Boolean.toString(crowd.mayCreate(who, "a/b")), row.toString());
            boolean own = crowd.set(who, "a", MetadataScope.OWN_KEYS, Optional.empty(), word("frozen"));
            assertEquals(who.equals(AccessModelUsers.ADM) ? "false" : row.get(6), Boolean.toString(own),
                    row.toString());
            boolean subtree = crowd.set(who, "a", MetadataScope.SUBTREE, Optional.empty(), word("frozen"));
            assertEquals(row.get(5), Boolean.toString(subtree), row.toString());
        }
    }

    @Test
    void livesAreThoseOfTheTable() {
        for (List<String> row : rows("life")) {
            AccessModelUsers crowd = new AccessModelUsers(HOUR_MS / 2, AccessRuleMutant.NONE);
            assertTrue(crowd.put("ann", "a", new ExpiryPolicy.TimeToLive(HOUR_MS)));
            long before = crowd.living(crowd.node.store.root(), "a").orElseThrow().expires();
            String bits = "c" + (row.get(0).contains("d") ? "d" : "-")
                    + (row.get(0).contains("w") ? "w" : "-") + "r";
            assertTrue(crowd.give("a", Optional.empty(), Optional.of(Word.of(false, "cdwr,----," + bits))));
            boolean unnamed = row.get(1).contains("default_ttl");
            ExpiryPolicy expiry = unnamed ? crowd.node.documents.unnamedExpiry()
                    : new ExpiryPolicy.TimeToLive(switch (row.get(1)) {
                case "longer" -> 2 * HOUR_MS;
                case "same" -> HOUR_MS;
                default -> HOUR_MS / 2;
            });
            assertEquals(row.get(2), Boolean.toString(crowd.put("wal", "a", expiry)), row.toString());
            long after = crowd.living(crowd.node.store.root(), "a").orElseThrow().expires();
            boolean shorter = row.get(0).equals("dw") && row.get(1).startsWith("shorter");
            assertEquals(shorter ? before - HOUR_MS / 2 : Math.max(before, after), after, row
                    + ": who may not delete shortens nothing");
        }
    }

    @Test
    void thePastIsShownAsTheTableSays() {
        AccessModelUsers crowd = new AccessModelUsers(0, AccessRuleMutant.NONE);
        UUID mine = crowd.ids.get("ann");
        UUID another = crowd.ids.get("mal");
        for (List<String> row : rows("past")) {
            boolean lives = row.get(3).equals("lives");
            String who = row.get(0).startsWith("owner") ? "mal" : row.get(0).equals("administrator")
                    ? AccessModelUsers.ADM : "wal";
            UUID owner = row.get(2).equals("owner of now") ? mine : another;
            boolean shown = crowd.access(who).on(crowd.node.store.root())
                    .showsOld(Optional.of(owner), lives ? Optional.of(mine) : Optional.empty());
            assertEquals(row.get(4), Boolean.toString(shown), row.toString());
        }
    }

    @Test
    void scenariosGoAsTheModelSays() {
        assertEquals(Optional.empty(), broken(AccessRuleMutant.NONE));
    }

    /** The first step of a scenario that goes otherwise than it should, by other rules. */
    Optional<String> broken(AccessRuleMutant mutant) {
        try {
            for (JsonValue.Field scenario : member(table("scenarios"), "items").fields()) {
                AccessModelUsers crowd = new AccessModelUsers(0, mutant);
                for (JsonValue step : scenario.value().elements()) {
                    List<String> cells = cells(step);
                    if (done(crowd, cells) != cells.get(4).equals("true")) {
                        return Optional.of(scenario.name() + ": " + cells);
                    }
                }
            }
            return Optional.empty();
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    private boolean done(AccessModelUsers crowd, List<String> step) {
        String who = step.get(0);
        String path = step.get(2);
        String[] argument = step.get(3).split(" ");
        return switch (step.get(1)) {
            case "put" -> crowd.put(who, path);
            case "del" -> crowd.delete(who, path);
            case "touch" -> crowd.touch(who, path, 1);
            case "expire" -> {
                crowd.node.clock.advance(2);
                yield true;
            }
            case "restore" -> crowd.restore(who, path);
            case "set" -> crowd.set(who, path, word(argument[0]).orElseThrow());
            case "unset" -> crowd.unset(who, path);
            case "give" -> crowd.give(path, Optional.of(argument[0]), word(argument[1]));
            case "chown" -> crowd.chown(path, argument[0], word(argument[1]));
            case "may r" -> crowd.can(who, Right.READ, path);
            case "may w" -> crowd.can(who, Right.WRITE, path);
            case "may d" -> crowd.can(who, Right.DELETE, path);
            case "may c" -> crowd.can(who, Right.CREATE, path);
            default -> throw new AssertionError(step);
        };
    }
}
