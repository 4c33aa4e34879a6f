package kvs.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import kvs.documents.AccessContext;
import kvs.documents.Documents;
import kvs.documents.ExpiryPolicy;
import kvs.documents.HistoryReader;
import kvs.documents.KeyHistory;
import kvs.documents.LocalDocuments;
import kvs.documents.Operation;
import kvs.documents.Preconditions;
import kvs.http.Requester;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.sim.SimDice;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.world.Logger;

/**
 * The users of the access model on a node in memory: {@code ann} and {@code mal} are in group g, {@code wal}
 * is in none, {@code adm} is an administrator, {@code -} is anonymous and reads and writes without a token.
 * Their requests reach documents and accounts as those of the API do.
 */
final class AccessModelUsers {

    static final String ADM = "adm";
    static final String NO = "-";
    static final List<String> USERS = List.of("ann", "mal", "wal");
    private static final long YEAR_MS = 365L * 24 * 3_600_000;

    /**
     * The permissions that a user sets.
     *
     * @param group whether members of g have the rights of the group
     */
    record Word(boolean group, int bits) {

        static Word of(boolean group, String text) {
            return new Word(group, PermissionBits.parse(text).orElseThrow().word());
        }
    }

    final LocalDocuments node;
    final Auth auth;
    final Map<String, UUID> ids = new LinkedHashMap<>();
    final UUID group;
    private final Map<String, AccessContext> accesses = new LinkedHashMap<>();
    private final Map<String, Principal> callers = new LinkedHashMap<>();

    AccessModelUsers(long defaultTtlMs, AccessRuleMutant mutant) {
        this(defaultTtlMs, mutant, MetadataFormatGate.ALONE);
    }

    AccessModelUsers(long defaultTtlMs, AccessRuleMutant mutant, MetadataFormatGate readers) {
        node = new LocalDocuments(1, defaultTtlMs, false);
        try {
            auth = mutant.auth(node, AdminTokenFile.open(node.disk, new SimDice(3), Logger.none()), readers);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        USERS.forEach(name -> user(name, EnumSet.of(TokenScope.READ, TokenScope.WRITE)));
        user(ADM, EnumSet.of(TokenScope.READ, TokenScope.WRITE, TokenScope.ADMIN));
        ids.put(NO, Version.NOBODY);
        callers.put(NO, Principal.ANONYMOUS);
        group = node.done(auth.groups()
                .create("g", Set.of(ids.get("ann"), ids.get("mal")), Principal.OPERATOR)).id();
        callers.forEach((name, caller) -> accesses.put(name, new Requester(caller, "",
                view -> new Requester.AccountGrants(auth.permissions().of(caller, view)), Requester.DEAF)));
    }

    private void user(String name, Set<TokenScope> scopes) {
        boolean admin = scopes.contains(TokenScope.ADMIN);
        UUID id = node.done(auth.users().create(name, admin, Principal.OPERATOR)).id();
        Tokens.IssuedToken token = node.done(auth.tokens()
                .make(new Tokens.TokenOptions(id, scopes, YEAR_MS), Principal.OPERATOR));
        ids.put(name, id);
        callers.put(name, new Principal(Principal.Kind.USER, id, Optional.of(token.record().id()), scopes,
                admin, token.record().expiresAt()));
    }

    AccessContext access(String name) {
        return accesses.get(name);
    }

    Principal caller(String name) {
        return callers.get(name);
    }

    String name(UUID id) {
        return ids.entrySet().stream().filter(one -> one.getValue().equals(id)).map(Map.Entry::getKey)
                .findFirst().orElse("?");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    Optional<Entry> living(StoreView view, String path) {
        return path.isEmpty() ? Optional.empty() : view.tree().get(bytes(path))
                .filter(entry -> !entry.deadAt(node.clock.wallMs()));
    }

    /** Whether a request succeeds; false when it is refused. */
    <T> boolean done(Supplier<CompletionStage<T>> request) {
        try {
            node.done(request.get());
            return true;
        } catch (Refusal refusal) {
            return false;
        }
    }

    private static boolean allowed(Runnable check) {
        try {
            check.run();
            return true;
        } catch (Refusal refusal) {
            return false;
        }
    }

    /** Whether a user may delete ({@code d}), write ({@code w}) or read ({@code r}) a key that lives. */
    boolean may(String who, char right, String path) {
        StoreView view = node.store.root();
        return living(view, path).filter(entry -> may(access(who).on(view), right, entry)).isPresent();
    }

    static boolean may(AccessContext.Grants grants, char right, Entry living) {
        Key key = Key.ofBytes(living.key());
        return switch (right) {
            case 'r' -> grants.shows(living);
            case 'w' -> allowed(() -> grants.write(key, Optional.of(living)));
            default -> allowed(() -> grants.delete(key, Optional.of(living)));
        };
    }

    boolean mayCreate(String who, String path) {
        return mayCreate(access(who).on(node.store.root()), path);
    }

    static boolean mayCreate(AccessContext.Grants grants, String path) {
        return allowed(() -> grants.write(Key.of(path), Optional.empty()));
    }

    /** The decision that {@code GET /auth/can} returns. */
    boolean can(String who, Right right, String path) {
        return auth.explain(right, Key.of(path), caller(who)).allowed();
    }

    /** Stores a document that names the owner of its value. */
    boolean put(String who, String path, ExpiryPolicy expiry) {
        String owner = living(node.store.root(), path).map(entry -> name(node.store.root().owner(entry)))
                .orElse(who);
        byte[] json = bytes("\"" + owner + "\"");
        return done(() -> node.documents.put(new Operation.Put(Key.of(path), node.documents.document(json),
                expiry, Preconditions.NONE), access(who)));
    }

    boolean put(String who, String path) {
        return put(who, path, node.documents.unnamedExpiry());
    }

    boolean delete(String who, String path) {
        return done(() -> node.documents.delete(new Operation.Delete(Key.of(path), false, Preconditions.NONE),
                access(who)));
    }

    boolean touch(String who, String path, long ttlMs) {
        return done(() ->
                node.bulk.touch(List.of(Key.of(path)), new ExpiryPolicy.TimeToLive(ttlMs), access(who)));
    }

    /** Restores the newest document, as {@code POST ?restore=} does. */
    boolean restore(String who, String path) {
        Key key = Key.of(path);
        HistoryReader history = node.documents.history();
        Optional<KeyHistory> all = history.of(key, access(ADM));
        Optional<UUID> last =
                all.flatMap(timeline -> timeline.shown().stream().flatMap(one -> one.version().stream())
                .filter(version -> !version.deleted()).map(Version::uuid).findFirst());
        return last.isPresent() && done(() -> {
            node.documents.checkWrite(key, access(who));
            Version old = history.of(key, access(who))
                    .flatMap(timeline -> history.version(timeline, last.get()))
                    .orElseThrow(() -> Refusal.absent(key));
            return node.documents.put(Documents.again(node.documents.repacked(old.data()), old,
                    node.documents.unnamedExpiry(),
                    Preconditions.NONE), access(who));
        });
    }

    /** Sets metadata; {@code owner} and {@code word} may be absent. */
    boolean set(String who, String path, MetadataScope kind, Optional<String> owner, Optional<Word> word) {
        MetadataAdmin.MetadataUpdate update = new MetadataAdmin.MetadataUpdate(owner.map(ids::get), word.map(
                one -> one.group ? group : Version.NOBODY), word.map(one -> new PermissionBits(one.bits)));
        return done(() -> auth.metadata().set(path, Optional.of(kind), update, caller(who)));
    }

    boolean unset(String who, String path) {
        return done(() -> auth.metadata().remove(path, Optional.empty(), caller(who)));
    }

    /** Whether the user sets the whole subtree there when the request names no kind. */
    boolean setsSubtree(String who, String path) {
        return who.equals(ADM) || AccessRuleMutant.rules(auth, caller(who), node.store.root(), bytes(path));
    }

    /** Sets what a user may set there: permissions of the subtree if possible, else of own keys. */
    boolean set(String who, String path, Word word) {
        return set(who, path, setsSubtree(who, path) ? MetadataScope.SUBTREE : MetadataScope.OWN_KEYS,
                Optional.empty(), Optional.of(word));
    }

    boolean give(String path, Optional<String> owner, Optional<Word> word) {
        Optional<String> named = owner.isEmpty() && word.isEmpty() ? Optional.of(NO) : owner;
        return set(ADM, path, MetadataScope.SUBTREE, named, word);
    }

    boolean chown(String path, String owner, Optional<Word> word) {
        return set(ADM, path, MetadataScope.OWN_KEYS, Optional.of(owner), word);
    }
}
