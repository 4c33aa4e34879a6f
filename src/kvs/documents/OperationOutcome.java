package kvs.documents;

import java.util.List;
import kvs.model.Refusal;
import kvs.store.WriteReceipt;
import kvs.tree.Entry;

/** The outcome of an {@link Operation}. */
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
     * A living version existed when the operation was checked.
     *
     * @param entry its entry, for {@link Documents#read}
     */
    record Found(Entry entry) implements OperationOutcome { }

    /** The conditions hold. */
    record ConditionsHeld() implements OperationOutcome { }

    /**
     * The operation was refused.
     *
     * @param refusal the refusal
     */
    record Refused(Refusal refusal) implements OperationOutcome { }

    /** The operation was possible, but another one of the same atomic batch was refused. */
    record RolledBack() implements OperationOutcome { }

    /** Whether one of them was refused. */
    static boolean anyRefused(List<OperationOutcome> outcomes) {
        return outcomes.stream().anyMatch(Refused.class::isInstance);
    }

    /** The outcomes of an atomic batch that failed. */
    static List<OperationOutcome> undone(List<OperationOutcome> judged) {
        return judged.stream()
                .map(outcome -> outcome instanceof Refused ? outcome : new RolledBack()).toList();
    }
}
