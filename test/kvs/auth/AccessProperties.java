package kvs.auth;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import kvs.auth.AccessExplorer.Key;
import kvs.auth.AccessExplorer.Node;
import kvs.auth.AccessExplorer.Rights;
import kvs.auth.AccessExplorer.Step;
import kvs.auth.AccessModelUsers.Word;

/**
 * The safety properties of access, S1 to S6 of the model: pure functions over states, rights and what
 * administrators gave.
 */
final class AccessProperties {

    private AccessProperties() { }

    /** The properties of a state; {@code made} tells that the last step made a key. */
    static List<String> state(Node node, Rights rights, boolean made) {
        List<String> bad = new ArrayList<>();
        for (int p = 1; p < AccessGhost.PATHS.size(); p++) {
            AccessGhost.Said said = node.ghost().said(p);
            if (node.ghost().ruler(p).equals(AccessModelUsers.NO)) {
                create(p, said, rights, bad);
            }
            Key key = node.state().keys().get(p);
            if (key == null) {
                continue;
            }
            if (!key.owner().equals(key.value())) {
                bad.add("S4 launder: " + AccessGhost.PATHS.get(p) + " is of " + key.owner()
                        + " and holds a value of " + key.value());
            }
            if (node.ghost().ruler(p).equals(AccessModelUsers.NO)) {
                lock(p, node, rights, made, bad);
            }
        }
        return bad;
    }

    private static void create(int p, AccessGhost.Said said, Rights rights, List<String> bad) {
        for (String who : AccessExplorer.WHO) {
            int standing = AccessGhost.standing(who, AccessModelUsers.NO, said.word().group());
            if (rights.creates().contains(who + p) && !AccessGhost.bit(said.word().bits(), standing, 'c')) {
                bad.add("S3 create: " + who + " may create " + AccessGhost.PATHS.get(p));
            }
        }
    }

    private static void lock(int p, Node node, Rights rights, boolean made, List<String> bad) {
        Word word = node.ghost().said(p).word();
        String owner = node.state().keys().get(p).owner();
        Word own = node.ghost().ownWord(p, owner);
        for (String who : AccessExplorer.WHO) {
            for (char right : AccessExplorer.RIGHTS) {
                if (!rights.keys().contains(who + p + right)) {
                    continue;
                }
                if (who.equals(owner) && !owner.equals(AccessModelUsers.NO)) {
                    if (!AccessGhost.bit(word.bits(), AccessGhost.OWNER, right)) {
                        bad.add("S3 ceiling: " + who + " has " + right + " on " + AccessGhost.PATHS.get(p));
                    }
                    continue;
                }
                boolean given = AccessGhost.decide(who, right, owner, word.bits(),
                        AccessGhost.standing(who, owner, word.group()));
                if (!given && !shared(who, right, owner, own, word)) {
                    bad.add((made ? "S3 plant: " : "S3 lock: ") + who + " has " + right + " on "
                            + AccessGhost.PATHS.get(p) + " of " + owner);
                }
            }
        }
    }

    /**
     * Whether an owner gave that right away, within what the lock leaves to owners, and not to a class that
     * it shuts out.
     */
    private static boolean shared(String who, char right, String owner, Word own, Word lock) {
        return own != null && AccessGhost.bit(own.bits(), AccessGhost.standing(who, owner, own.group()),
                right)
                && AccessGhost.bit(lock.bits(), AccessGhost.OWNER, right)
                && (lock.bits() >> AccessGhost.standing(who, AccessModelUsers.NO, lock.group()) & 15) != 0;
    }

    /** The properties of a step. */
    static List<String> step(Node before, Step step, Node after, Rights was, Rights is) {
        List<String> bad = new ArrayList<>();
        for (int p = 1; p < AccessGhost.PATHS.size(); p++) {
            Key old = before.state().keys().get(p);
            if (old != null) {
                foreign(p, before, step, after.state().keys().get(p), was, is, bad);
                end(p, before, step, after.state().keys().get(p), was, bad);
            }
        }
        if ((step.verb().equals("give") || step.verb().equals("chown")) && step.word() == null) {
            handOver(before, step, after, was, is, bad);
        }
        return bad;
    }

    private static void foreign(int p, Node before, Step step, Key now, Rights was, Rights is,
            List<String> bad) {
        Key old = before.state().keys().get(p);
        boolean theirs = now != null && old.owner().equals(now.owner()) && !old.owner().equals(step.who());
        if (theirs && !List.of("expire", "chown").contains(step.verb()) && !before.ghost()
                .authority(step.who(), p)
                && !was.of(p).equals(is.of(p))) {
            bad.add("S1 foreign-key: " + step.who() + " changes rights on " + AccessGhost.PATHS.get(p)
                    + " of " + old.owner());
        }
    }

    private static void end(int p, Node before, Step step, Key now, Rights was, List<String> bad) {
        Key old = before.state().keys().get(p);
        boolean other = !step.who().equals(AccessModelUsers.ADM) && !step.who().equals(old.owner())
                && !step.verb().equals("expire");
        boolean ends = now == null || !now.owner().equals(old.owner()) || now.dies() && !old.dies();
        if (other && ends && !was.keys().contains(step.who() + p + 'd') && !before.ghost()
                .authority(step.who(), p)) {
            bad.add("S2 end: " + step.who() + " ends or shortens " + AccessGhost.PATHS.get(p) + " of "
                    + old.owner());
        }
    }

    private static void handOver(Node before, Step step, Node after, Rights was, Rights is,
            List<String> bad) {
        boolean give = step.verb().equals("give");
        Set<String> two = new HashSet<>();
        two.add(step.owner());
        if (give) {
            for (int k = 0; k < AccessGhost.PATHS.size(); k++) {
                if (AccessGhost.CHAIN.get(k).contains(step.path())) {
                    two.add(before.ghost().ruler(k));
                }
            }
        } else {
            two.add(before.state().keys().get(step.path()).owner());
        }
        for (int k = 1; k < AccessGhost.PATHS.size(); k++) {
            boolean theirWord = !give && k == step.path() && before.ghost().ownWord(k, step.owner()) != null;
            if (before.state().keys().get(k) == null || after.state().keys().get(k) == null || theirWord) {
                continue;
            }
            for (String right : is.of(k)) {
                if (!was.of(k).contains(right)
                        && !two.contains(right.substring(0, right.indexOf(Integer.toString(k))))) {
                    bad.add("S5 hand-over: " + right + " is new");
                }
            }
        }
    }

    /**
     * Whether somebody may set metadata may not tell of a key that they may not read; {@code maySet} is asked
     * with and without it.
     */
    static List<String> oracle(Node node, Rights rights, Map<Integer, BiPredicate<String, Integer>> without,
            BiPredicate<String, Integer> with) {
        List<String> bad = new ArrayList<>();
        without.forEach((k, maySet) -> {
            for (String who : AccessModelUsers.USERS) {
                boolean hidden = !node.state().keys().get(k).owner().equals(who) && !rights.keys()
                        .contains(who + k + 'r');
                for (int p = 0; hidden && p < AccessGhost.PATHS.size(); p++) {
                    if (p != k && with.test(who, p) != maySet.test(who, p)) {
                        bad.add("S6 oracle: whether " + who + " may set metadata on /"
                                + AccessGhost.PATHS.get(p) + " tells of "
                                + AccessGhost.PATHS.get(k));
                    }
                }
            }
        });
        return bad;
    }
}
