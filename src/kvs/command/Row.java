package kvs.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import kvs.json.JsonWriter;

/**
 * A record of a result: named values in the order of their columns, each as a text for people and as JSON.
 * One thread.
 */
public final class Row {

    /** A value: its column, its text in a table, its JSON, and whether digits stand at the right. */
    record Cell(String name, String text, byte[] json, boolean isNumber) { }

    private final List<Cell> cells = new ArrayList<>();

    /** Adds a text. */
    public Row text(String name, String value) {
        return add(name, Style.safe(value), new JsonWriter().value(value), false);
    }

    /** Adds a number. */
    public Row number(String name, long value) {
        return add(name, Long.toString(value), new JsonWriter().value(value), true);
    }

    /** Adds a number that people read in another form, such as {@code 76 GB} for bytes. */
    public Row number(String name, long value, String shown) {
        return add(name, shown, new JsonWriter().value(value), true);
    }

    /** Adds a text that people read in another form, such as a time of their zone. */
    public Row text(String name, String value, String shown) {
        return add(name, Style.safe(shown), new JsonWriter().value(value), false);
    }

    /** Adds a truth value, which a table shows as a word. */
    public Row flag(String name, boolean value, String shown) {
        return add(name, shown, new JsonWriter().value(value), false);
    }

    /** Adds valid JSON, which a table shows in one line. */
    public Row json(String name, byte[] value) {
        byte[] line = new JsonWriter().rawOneLine(value).toBytes();
        cells.add(new Cell(name, Style.safe(new String(line, StandardCharsets.UTF_8)), line,
                false));
        return this;
    }

    /** Adds an empty column, which JSON leaves out. */
    public Row none(String name) {
        cells.add(new Cell(name, "", new byte[0], false));
        return this;
    }

    private Row add(String name, String text, JsonWriter json, boolean isNumber) {
        cells.add(new Cell(name, text, json.toBytes(), isNumber));
        return this;
    }

    List<Cell> cells() {
        return cells;
    }

    /** The record as a JSON object in one line. */
    byte[] toJson() {
        JsonWriter json = new JsonWriter().object();
        for (Cell cell : cells) {
            if (cell.json.length > 0) {
                json.name(cell.name).raw(cell.json);
            }
        }
        return json.end().toBytes();
    }
}
