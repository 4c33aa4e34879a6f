package kvs.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.auth.AccessExplorer.Step;
import kvs.auth.AccessModelUsers.Word;

/** The initial states of the exploration, as in the model: past requests, and all steps that may follow. */
enum AccessScenarios {
    /** No key, all paths. */
    EMPTY_WIDE(Alphabet.WIDE, 2),
    /** No key, two paths. */
    EMPTY(Alphabet.SMALL, 3),
    /** A lock without a key on its path. */
    LOCK(Alphabet.SMALL, 3, put("ann", 2), give(1, AccessModelUsers.NO, "private")),
    /** A folder of a group. */
    GROUP(Alphabet.SMALL, 3, give(1, AccessModelUsers.NO, "team"), put("ann", 2)),
    /** A drop box: a path where others only create. */
    DROP(Alphabet.DROP, 2, give(1, AccessModelUsers.NO, "drop")),
    /** A subtree that was taken from a user, whose settings on another node arrive only now. */
    TAKEN(Alphabet.SMALL, 2, put("wal", 2), give(1, "ann", "private"),
            give(1, AccessModelUsers.NO, "private")),
    /** A subtree that was given to a user, who has opened a part of it. */
    HOME(Alphabet.HOME, 2, put("wal", 3), give(1, "ann", "private"),
            new Step("ann", "set", 2, null, word("open")));

    private final List<Step> prelude;
    private final Alphabet alphabet;
    private final int depth;

    /**
     * The steps that may be tried: paths of users and of administrators, permissions set by both, owners that
     * are named, permissions of own keys.
     */
    private enum Alphabet {
        SMALL(List.of(1, 2), List.of(1), List.of("private", "drop", "-"),
                List.of("-", "ann", AccessModelUsers.NO + "nobody"), false),
        WIDE(List.of(1, 2, 3, 4), List.of(0, 1, 2), List.of("private", "drop", "team", "frozen", "-"),
                List.of("-", "ann", "mal", AccessModelUsers.NO + "nobody"), false),
        DROP(List.of(2, 3), List.of(1), List.of("private", "drop", "team", "frozen", "-"),
        List.of("-", "ann", "mal", AccessModelUsers.NO + "nobody"),
                false),
        HOME(List.of(2, 3), List.of(1, 2), List.of("private", "frozen", "-"),
        List.of("-", "ann", "wal", AccessModelUsers.NO + "nobody"), true);

        private final List<Integer> paths;
        private final List<Integer> administrators;
        private final List<String> words;
        private final List<String> owners;
        private final boolean own;

        Alphabet(List<Integer> paths, List<Integer> administrators, List<String> words, List<String> owners,
                boolean own) {
            this.paths = paths;
            this.administrators = administrators;
            this.words = words;
            this.owners = owners;
            this.own = own;
        }
    }

    AccessScenarios(Alphabet alphabet, int depth, Step... prelude) {
        this.alphabet = alphabet;
        this.depth = depth;
        this.prelude = List.of(prelude);
    }

    private static Step put(String who, int path) {
        return new Step(who, "put", path, null, null);
    }

    private static Step give(int path, String owner, String word) {
        return new Step(AccessModelUsers.ADM, "give", path, owner, word(word));
    }

    private static Word word(String name) {
        return Map.of("private", Word.of(false, "cdwr,----,----"), "open", Word.of(false, "cdwr,cdwr,cdwr"),
                "drop",
                Word.of(false, "cdwr,c---,c---"), "team", Word.of(true, "cdwr,c-wr,----"), "frozen",
                Word.of(false, "---r,---r,---r")).get(name);
    }

    /** The first violation when users do {@code deeper} steps more than usual; empty when there is none. */
    Optional<String> explore(AccessExplorer explorer, int deeper) {
        return explorer.explore(prelude, steps(), depth + deeper);
    }

    /** Whether it takes more than two steps. */
    boolean isDeep() {
        return depth > 2;
    }

    /** The same with a rule taken out, in all scenarios; first in few steps, for most are missed there. */
    static Optional<String> violation(AccessRuleMutant mutant, int deeper) {
        for (int steps = -1; steps <= deeper; steps++) {
            for (AccessScenarios world : values()) {
                Optional<String> found = world.explore(new AccessExplorer(mutant), steps);
                if (found.isPresent()) {
                    return found.map(text -> world + ": " + text);
                }
            }
        }
        return Optional.empty();
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (int path : this == TAKEN ? alphabet.paths : List.<Integer>of()) {
            steps.add(new Step("ann", "late", path, null, word("open")));
        }
        for (int path : alphabet.paths) {
            for (String who : List.of("ann", "mal", "wal", AccessModelUsers.ADM, AccessModelUsers.NO)) {
                for (String verb : List.of("put", "del", "touch", "restore")) {
                    steps.add(new Step(who, verb, path, null, null));
                }
            }
            AccessModelUsers.USERS.forEach(who -> user(who, path, steps));
            steps.add(new Step(AccessModelUsers.ADM, "expire", path, null, null));
        }
        for (int path : alphabet.administrators) {
            for (String owner : alphabet.owners) {
                alphabet.words.forEach(word ->
                        steps.add(new Step(AccessModelUsers.ADM, "give", path, owner.equals("-") ? null
                        : owner.endsWith("nobody") ? AccessModelUsers.NO : owner, word(word))));
            }
            steps.add(new Step(AccessModelUsers.ADM, "unset", path, null, null));
        }
        return steps;
    }

    private void user(String who, int path, List<Step> steps) {
        steps.add(new Step(who, "set", path, null, word("private")));
        steps.add(new Step(who, "set", path, null, word("open")));
        if (alphabet.own) {
            steps.add(new Step(who, "own", path, null, word("private")));
        }
        steps.add(new Step(who, "unset", path, null, null));
        steps.add(new Step(AccessModelUsers.ADM, "chown", path, who, null));
        steps.add(new Step(AccessModelUsers.ADM, "chown", path, who, word("private")));
    }
}
