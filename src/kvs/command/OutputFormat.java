package kvs.command;

import java.util.Locale;

/** The form of results. */
public enum OutputFormat {

    /** Columns for people. */
    TABLE,
    /** One JSON text. */
    JSON,
    /** One JSON object a line. */
    NDJSON,
    /** The first column alone, or the document itself, as it is. */
    RAW;

    /** The form that the arguments name; else the table. */
    public static OutputFormat of(Arguments arguments) {
        return arguments.option(GlobalOptions.OUTPUT).map(text -> valueOf(text.toUpperCase(Locale.ROOT)))
                .orElse(TABLE);
    }
}
