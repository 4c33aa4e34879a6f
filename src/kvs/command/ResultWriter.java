package kvs.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes the records of a command to the standard output: a table, one JSON array, JSON lines, or the first
 * column alone. A table is written page by page, so that its memory is bounded; each page has its own widths.
 * One thread.
 */
public final class ResultWriter implements AutoCloseable {

    private static final int PAGE_ROWS = 1_000;
    private static final String GAP = "  ";

    private final Invocation invocation;
    private final OutputFormat format;
    private final boolean headed;
    private final List<Row> page = new ArrayList<>();
    private long written;

    /**
     * A writer.
     *
     * @param headed whether the first line of a table on a terminal names the columns
     */
    public ResultWriter(Invocation invocation, OutputFormat format, boolean headed) {
        this.invocation = invocation;
        this.format = format;
        this.headed = headed;
    }

    /** Whether people read the records. */
    public boolean isTable() {
        return format == OutputFormat.TABLE;
    }

    /** Adds a record. */
    public void add(Row row) {
        switch (format) {
            case TABLE -> {
                page.add(row);
                if (page.size() == PAGE_ROWS) {
                    flush();
                }
            }
            case JSON -> print((written == 0 ? "[" : ",\n ") + text(row));
            case NDJSON -> print(text(row) + "\n");
            case RAW -> print(row.cells().get(0).text() + "\n");
        }
        written++;
    }

    /** Writes the rows of a table that wait for their page. */
    public void flush() {
        if (page.isEmpty()) {
            return;
        }
        boolean head = headed && written <= PAGE_ROWS && invocation.isTerminal();
        int[] widths = widths(head);
        if (head) {
            List<Row.Cell> cells = page.get(0).cells();
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < cells.size(); i++) {
                line.append(padded(cells.get(i).name().toUpperCase(Locale.ROOT), widths[i],
                        cells.get(i).isNumber())).append(GAP);
            }
            print(invocation.style().paint(Style.Colour.GREY, line.toString().stripTrailing()) + "\n");
        }
        for (Row row : page) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.cells().size(); i++) {
                Row.Cell cell = row.cells().get(i);
                line.append(padded(cell.text(), widths[i], cell.isNumber())).append(GAP);
            }
            print(line.toString().stripTrailing() + "\n");
        }
        page.clear();
        invocation.out().flush();
    }

    private int[] widths(boolean head) {
        int[] widths = new int[page.stream().mapToInt(row -> row.cells().size()).max().orElse(0)];
        for (Row row : page) {
            for (int i = 0; i < row.cells().size(); i++) {
                Row.Cell cell = row.cells().get(i);
                int least = head ? cell.name().length() : 0;
                widths[i] = Math.max(widths[i], Math.max(least, length(cell.text())));
            }
        }
        return widths;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String padded(String text, int width, boolean right) {
        String blanks = " ".repeat(Math.max(0, width - length(text)));
        return right ? blanks + text : text + blanks;
    }

    private static String text(Row row) {
        return new String(row.toJson(), StandardCharsets.UTF_8);
    }

    private void print(String text) {
        invocation.out().print(text);
    }

    /** Whether nobody reads the results any more. */
    public boolean isBroken() {
        flush();
        return invocation.out().checkError();
    }

    /** Writes what is left. */
    @Override
    public void close() {
        flush();
        if (format == OutputFormat.JSON) {
            print(written == 0 ? "[]\n" : "]\n");
        }
        invocation.out().flush();
    }
}
