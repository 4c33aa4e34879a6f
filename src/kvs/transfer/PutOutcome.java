package kvs.transfer;

/**
 * The outcome of an item at its target.
 *
 * @param kind the kind
 * @param why the reason of a refusal, else empty
 */
record PutOutcome(Kind kind, String why) {

    /** The kind of an outcome. */
    enum Kind { CREATED, REPLACED, UNCHANGED, REFUSED }

    static final PutOutcome CREATED = new PutOutcome(Kind.CREATED, "");
    static final PutOutcome REPLACED = new PutOutcome(Kind.REPLACED, "");
    /** The target had the same document already, and was not written to. */
    static final PutOutcome UNCHANGED = new PutOutcome(Kind.UNCHANGED, "");

    static PutOutcome refused(String why) {
        return new PutOutcome(Kind.REFUSED, why);
    }
}
