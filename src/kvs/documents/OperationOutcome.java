package kvs.documents;

import java.util.List;
import kvs.model.Refusal;
import kvs.store.WriteReceipt;
import kvs.tree.Entry;

/** What became of an {@link Operation}. */
public sealed interface OperationOutcome {

    /**
     * A document was stored.
     *
     * @param receipt its version
     */
    record Stored(WriteReceipt receipt) implements OperationOutcome { }

    /**
     * A tombstone was written.
     *
     * @param receipt its version
     */
    record Deleted(WriteReceipt receipt) implements OperationOutcome { }

    /**
     * Something living was here when the operation was judged.
     *
     * @param entry where {@link Documents#read} finds it
     */
    record Found(Entry entry) implements OperationOutcome { }

    /** The conditions hold. */
    record ConditionsHeld() implements OperationOutcome { }

    /**
     * It was not done.
     *
     * @param why what is wrong
     */
    record Refused(Refusal why) implements OperationOutcome { }

    /** It could have been done, but another operation of the same atomic batch was refused. */
    record RolledBack() implements OperationOutcome { }

    /** Whether one of them was refused. */
    static boolean anyRefused(List<OperationOutcome> outcomes) {
        return outcomes.stream().anyMatch(Refused.class::isInstance);
    }

    /** Those of an atomic batch that failed. */
    static List<OperationOutcome> undone(List<OperationOutcome> judged) {
        return judged.stream().map(outcome -> outcome instanceof Refused ? outcome : new RolledBack()).toList();
    }
}
