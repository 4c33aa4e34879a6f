package kvs.cli.keys;

import java.util.ArrayList;
import java.util.List;

/**
 * The difference between two texts, line by line, in the unified form: each change with three lines around
 * it. A longest common subsequence between the equal begin and end of both; where that table would be larger
 * than {@value #CELLS_MAX} cells, all lines between count as changed. Pure.
 */
final class LineDiff {

    private static final int CELLS_MAX = 4_000_000;
    private static final int AROUND = 3;

    private LineDiff() { }

    /** A line of the result: its mark, a blank for one that both have, and its text. */
    record Line(char mark, String text) { }

    /** The changed lines with those around them; a line with the mark {@code @} separates distant changes. */
    static List<Line> of(List<String> old, List<String> fresh) {
        return near(all(old, fresh));
    }

    private static List<Line> all(List<String> old, List<String> fresh) {
        int begin = 0;
        int most = Math.min(old.size(), fresh.size());
        while (begin < most && old.get(begin).equals(fresh.get(begin))) {
            begin++;
        }
        int end = 0;
        while (end < most - begin
                && old.get(old.size() - 1 - end).equals(fresh.get(fresh.size() - 1 - end))) {
            end++;
        }
        List<Line> lines = new ArrayList<>();
        old.subList(0, begin).forEach(text -> lines.add(new Line(' ', text)));
        lines.addAll(middle(old.subList(begin, old.size() - end), fresh.subList(begin, fresh.size() - end)));
        old.subList(old.size() - end, old.size()).forEach(text -> lines.add(new Line(' ', text)));
        return lines;
    }

    private static List<Line> middle(List<String> old, List<String> fresh) {
        List<Line> lines = new ArrayList<>();
        boolean small = (long) (old.size() + 1) * (fresh.size() + 1) <= CELLS_MAX;
        int[][] common = small ? common(old, fresh) : new int[1][1];
        int i = 0;
        int j = 0;
        while (small && i < old.size() && j < fresh.size()) {
            if (old.get(i).equals(fresh.get(j))) {
                lines.add(new Line(' ', old.get(i++)));
                j++;
            } else if (common[i + 1][j] >= common[i][j + 1]) {
                lines.add(new Line('-', old.get(i++)));
            } else {
                lines.add(new Line('+', fresh.get(j++)));
            }
        }
        old.subList(i, old.size()).forEach(text -> lines.add(new Line('-', text)));
        fresh.subList(j, fresh.size()).forEach(text -> lines.add(new Line('+', text)));
        return lines;
    }

    /** The lengths of the longest common subsequences of all ends. */
    private static int[][] common(List<String> old, List<String> fresh) {
        int[][] common = new int[old.size() + 1][fresh.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = fresh.size() - 1; j >= 0; j--) {
                common[i][j] = old.get(i).equals(fresh.get(j)) ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }

    private static List<Line> near(List<Line> all) {
        List<Line> near = new ArrayList<>();
        int last = -1;
        for (int i = 0; i < all.size(); i++) {
            if (isNear(all, i)) {
                if (last >= 0 && last < i - 1) {
                    near.add(new Line('@', "@@"));
                }
                near.add(all.get(i));
                last = i;
            }
        }
        return near;
    }

    private static boolean isNear(List<Line> all, int place) {
        for (int i = Math.max(0, place - AROUND); i <= Math.min(all.size() - 1, place + AROUND); i++) {
            if (all.get(i).mark != ' ') {
                return true;
            }
        }
        return false;
    }
}
