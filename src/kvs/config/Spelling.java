package kvs.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds the name that somebody probably meant: the one with the smallest Levenshtein distance. */
public final class Spelling {

    private Spelling() { }

    /** The one of {@code names}, which are some, that is spelt most like {@code name}. */
    public static String nearest(String name, Collection<String> names) {
        return names.stream().min(Comparator.comparingInt(known -> distance(name, known))).orElseThrow();
    }

    private static int distance(String a, String b) {
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
