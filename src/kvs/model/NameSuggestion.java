package kvs.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;

/** Finds the name that somebody probably meant: the one with the smallest Levenshtein distance. */
public final class NameSuggestion {

    private NameSuggestion() { }

    /** The one of {@code names}, which are some, that is spelt most like {@code name}. */
    public static String nearest(String name, Collection<String> names) {
        return names.stream().min(Comparator.comparingInt(known -> distance(name, known))).orElseThrow();
    }

    /**
     * The end of a message about an unknown name, {@code ; did you mean 'x'?}; empty when no known name is
     * spelt nearly like it.
     */
    public static String hint(String name, Collection<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        String nearest = names.stream().filter(known -> name.length() > 1
                && known.startsWith(name)).findFirst()
                .orElse(nearest(name, names));
        boolean near = nearest.startsWith(name) || isReordered(name, nearest)
                || 2 * distance(name, nearest) <= Math.max(2, nearest.length());
        return near ? "; did you mean '" + nearest + "'?" : "";
    }

    /** Whether two words have the same letters in another order: {@code gte} and {@code get}. */
    private static boolean isReordered(String a, String b) {
        int[] one = a.chars().sorted().toArray();
        return Arrays.equals(one, b.chars().sorted().toArray());
    }

    /** The least number of letters to add, remove or replace to make one word of another (Levenshtein). */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
