package kvs.cli.keys;

/** The id of a version as people read it. Pure functions. */
final class RevisionName {

    private static final int END = 4;

    private RevisionName() { }

    /** The first and the last four digits of an id, {@code 0197…9cde}: enough to name it. */
    static String shortened(String id) {
        return id.length() <= 2 * END ? id : id.substring(0, END) + "…" + id.substring(id.length() - END);
    }
}
