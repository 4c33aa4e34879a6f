package kvs.auth;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kvs.auth.AccessModelUsers.Word;

/**
 * The memory of the properties of the explorer, beside the store: the grants of administrators and the
 * permissions that each user has set. It knows nothing of how rules are stored or decided. Immutable.
 *
 * @param given path to the owner of its subtree, set by administrators
 * @param words permissions set by users with authority over a path
 * @param own permissions set by users for their own keys
 */
record AccessGhost(Map<Integer, String> given, Map<String, Word> words, Map<String, Word> own) {

    static final List<String> PATHS = List.of("", "a", "a/b", "a/b/c", "a/x");
    /** The paths from each path upwards, the nearest first. */
    static final List<List<Integer>> CHAIN =
            List.of(List.of(0), List.of(1, 0), List.of(2, 1, 0), List.of(3, 2, 1, 0), List.of(4, 1, 0));
    static final AccessGhost EMPTY = new AccessGhost(Map.of(), Map.of(), Map.of());
    static final int OWNER = 8;
    static final int MEMBER = 4;
    static final int OTHERS = 0;
    private static final Word DEFAULT = Word.of(false, "cdwr,c-wr,c--r");

    /** The nearest permissions that a user with authority has set. */
    record Said(int path, Word word) { }

    static int standing(String who, String owner, boolean group) {
        if (!who.equals(AccessModelUsers.NO) && who.equals(owner)) {
            return OWNER;
        }
        return group && (who.equals("ann") || who.equals("mal")) ? MEMBER : OTHERS;
    }

    static boolean bit(int bits, int standing, char right) {
        return (bits >> standing & 8 >> "cdwr".indexOf(right)) != 0;
    }

    /** The rule of permission bits. */
    static boolean decide(String who, char right, String owner, int bits, int standing) {
        boolean nobodys = owner.equals(AccessModelUsers.NO);
        boolean again = right == 'w' && nobodys && bit(bits, OTHERS, 'c');
        boolean barred = who.equals(AccessModelUsers.NO) && (right == 'd' || right == 'w' && !nobodys);
        return !barred && (bit(bits, standing, right) || again);
    }

    /** The user to whom administrators gave the subtree of a path. */
    String ruler(int path) {
        return CHAIN.get(path).stream().filter(given::containsKey).map(given::get).findFirst()
                .orElse(AccessModelUsers.NO);
    }

    boolean authority(String who, int path) {
        return who.equals(AccessModelUsers.ADM)
                || !who.equals(AccessModelUsers.NO) && ruler(path).equals(who);
    }

    Said said(int path) {
        for (int at : CHAIN.get(path)) {
            for (String by : List.of("own", AccessModelUsers.ADM)) {
                Word word = words.get(at + by);
                if (word != null) {
                    return new Said(at, word);
                }
            }
        }
        return new Said(0, DEFAULT);
    }

    private AccessGhost copy() {
        return new AccessGhost(new TreeMap<>(given), new TreeMap<>(words), new TreeMap<>(own));
    }

    /** An administrator has set the subtree; {@code owner} and {@code word} are null when not named. */
    AccessGhost gave(int path, String owner, Word word) {
        AccessGhost next = copy();
        next.words.put(path + AccessModelUsers.ADM, word == null ? said(path).word : word);
        next.words.remove(path + "own");
        next.given.put(path, owner == null ? given.getOrDefault(path, AccessModelUsers.NO) : owner);
        return next;
    }

    /** A user has set the permissions that they may set there. */
    AccessGhost set(String who, int path, Word word) {
        AccessGhost next = copy();
        (authority(who, path) ? next.words : next.own)
                .put(path + (authority(who, path) ? "own" : " " + who), word);
        return next;
    }

    AccessGhost ownKeys(String who, int path, Word word) {
        AccessGhost next = copy();
        next.own.put(path + " " + who, word);
        return next;
    }

    AccessGhost unset(String who, int path) {
        AccessGhost next = copy();
        if (who.equals(AccessModelUsers.ADM) || !authority(who, path) || !words.containsKey(path + "own")) {
            next.own.remove(path + " " + who);
        } else {
            next.words.remove(path + "own");
        }
        if (who.equals(AccessModelUsers.ADM)) {
            next.words.remove(path + AccessModelUsers.ADM);
            next.words.remove(path + "own");
            next.given.remove(path);
        }
        return next;
    }

    /**
     * The permissions that the owner of a key has set for own keys there or above, the nearest ones; null for
     * none.
     */
    Word ownWord(int path, String owner) {
        return CHAIN.get(path).stream().map(at -> own.get(at + " " + owner)).filter(one -> one != null)
                .findFirst().orElse(null);
    }
}
