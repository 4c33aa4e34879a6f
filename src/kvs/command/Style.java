package kvs.command;

/**
 * The colours of text on a terminal; elsewhere text stays as it is.
 *
 * @param coloured whether there are colours
 */
public record Style(boolean coloured) {

    private static final String RESET = "\u001b[0m";

    /** A colour of a terminal. */
    public enum Colour {

        /** Removed, failed. */
        RED(31),
        /** Added, good. */
        GREEN(32),
        /** Degraded, deserves a look. */
        YELLOW(33),
        /** Names. */
        BLUE(34),
        /** Less important. */
        GREY(90),
        /** Headings. */
        BOLD(1);

        private final int code;

        Colour(int code) {
            this.code = code;
        }
    }

    /** A text in a colour. */
    public String paint(Colour colour, String text) {
        return coloured ? "\u001b[" + colour.code + "m" + text + RESET : text;
    }

    /**
     * A text from outside with its control characters escaped: those of C1 too, which some terminals obey.
     * Line breaks and tabs of JSON that is shown stay.
     */
    public static String safe(String text) {
        boolean clean = true;
        for (int i = 0; clean && i < text.length(); i++) {
            clean = !isControl(text.charAt(i));
        }
        if (clean) {
            return text;
        }
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            safe.append(isControl(c) ? String.format("\\u%04x", (int) c) : Character.toString(c));
        }
        return safe.toString();
    }

    private static boolean isControl(char c) {
        return c < 0x20 && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0;
    }
}
