package kvs.auth;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.store.Transaction;

/**
 * Creates, shows, changes and removes groups and their members. The caller's rights are checked before, and
 * for a change again in its transaction. Thread-safe.
 */
public final class UserGroups {

    /** Highest number of members of a group: they are changed in one transaction. */
    public static final int MEMBERS_MAX = 1_000;

    private final AccountTransactions transactions;
    private final AccountReader records;

    UserGroups(AccountTransactions transactions, AccountReader records) {
        this.transactions = transactions;
        this.records = records;
    }

    /**
     * Creates a group.
     *
     * @throws Refusal {@code NOT_FOUND} for a member that is no user, {@code LIMIT_REACHED}
     */
    public CompletionStage<UserGroup> create(String name, Set<UUID> members, Principal caller) {
        checkSize(members);
        UserGroup group = new UserGroup(transactions.id(), name, transactions.now());
        return transactions.administer(caller, tx -> {
            transactions.put(tx, AccountKeys.group(group.id()), group.encode(), caller);
            members(tx, group.id(), members, caller);
            return group;
        });
    }

    /** The group with that id. */
    public Optional<UserGroup> find(UUID id) {
        return shown(transactions.view(), id, transactions.now());
    }

    /** Groups in the order of their ids, after {@code after}. */
    public List<UserGroup> list(Optional<UUID> after, int limit) {
        StoreView view = transactions.view();
        long now = transactions.now();
        return AccountReader.ids(view, AccountKeys.GROUPS, after, new AccountReader.CountLimit(now, limit))
                .stream().flatMap(id -> shown(view, id, now).stream()).toList();
    }

    private Optional<UserGroup> shown(StoreView view, UUID id, long now) {
        return AccountReader.existsOrUnreadable(view, AccountKeys.gone(id), now) ? Optional.empty()
                : records.shown(view, AccountKeys.group(id), records.group(view, id, now), () ->
                UserGroup.unreadable(id));
    }

    /** The members of a group that are known users. */
    public List<UUID> members(UUID group) {
        StoreView view = transactions.view();
        long now = transactions.now();
        return members(view, group, now).stream()
                .filter(user -> records.user(view, user, now).isPresent()).toList();
    }

    /** The groups of a user. */
    public List<UserGroup> of(UUID user) {
        StoreView view = transactions.view();
        long now = transactions.now();
        return list(Optional.empty(), Integer.MAX_VALUE).stream()
                .filter(group -> AccountReader.has(view, AccountKeys.member(group.id(), user), now)).toList();
    }

    /**
     * Gives a group another name or other members.
     *
     * @throws Refusal {@code NOT_FOUND}, {@code LIMIT_REACHED}
     */
    public CompletionStage<UserGroup> change(UUID id, Optional<String> name, Optional<Set<UUID>> members,
            Principal caller) {
        members.ifPresent(UserGroups::checkSize);
        return transactions.administer(caller, tx -> {
            UserGroup old = here(tx, id);
            UserGroup changed = new UserGroup(id, name.orElse(old.name()), old.createdAt());
            transactions.put(tx, AccountKeys.group(id), changed.encode(), caller);
            members.ifPresent(all -> members(tx, id, all, caller));
            return changed;
        });
    }

    /**
     * Removes a group for good; where its members had rights by it they are others from then on.
     * {@code NOT_FOUND}.
     */
    public CompletionStage<UserGroup> remove(UUID id, Principal caller) {
        return transactions.administer(caller, tx -> {
            UserGroup old = here(tx, id);
            transactions.mark(tx, AccountKeys.gone(id), caller, Version.FOREVER);
            transactions.remove(tx, AccountKeys.group(id), caller);
            members(tx, id, Set.of(), caller);
            return old;
        });
    }

    private UserGroup here(Transaction tx, UUID id) {
        return shown(tx, id, tx.wallMs())
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no group " + id));
    }

    /** Makes {@code wanted} the members, with one key written for each added or removed user. */
    private void members(Transaction tx, UUID group, Set<UUID> wanted, Principal caller) {
        Set<UUID> present = new TreeSet<>(members(tx, group, tx.wallMs()));
        for (UUID user : wanted) {
            if (!present.contains(user)) {
                if (records.user(tx, user, tx.wallMs()).isEmpty()) {
                    throw new Refusal(Reason.NOT_FOUND, "there is no user " + user);
                }
                transactions.mark(tx, AccountKeys.member(group, user), caller, Version.FOREVER);
            }
        }
        present.removeAll(wanted);
        present.forEach(user -> transactions.remove(tx, AccountKeys.member(group, user), caller));
    }

    private static List<UUID> members(StoreView view, UUID group, long now) {
        return AccountReader.ids(view, AccountKeys.members(group), Optional.empty(),
                new AccountReader.CountLimit(now, Integer.MAX_VALUE));
    }

    private static void checkSize(Set<UUID> members) {
        if (members.size() > MEMBERS_MAX) {
            throw new Refusal(Reason.LIMIT_REACHED, "a group has at most " + MEMBERS_MAX + " members");
        }
    }
}
