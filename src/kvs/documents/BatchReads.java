package kvs.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.StoreView;
import kvs.tree.Entry;

/** Evaluates the reads and checks of one batch, and counts the bytes that they will load into memory. */
final class BatchReads {

    private long bytes;

    /** The outcome of {@code op}, a get or a check, where {@code living} is the present entry. */
    OperationOutcome judge(Operation op, Optional<Entry> living) {
        if (op instanceof Operation.Check check) {
            check.conditions().check(living.map(Documents::tag), Documents.writtenMs(living), true);
            return new OperationOutcome.ConditionsHeld();
        }
        Entry entry = living.orElseThrow(() -> Refusal.absent(op.key()));
        if (bytes + entry.dataBytes() > DocumentLimits.BATCH_BYTES_MAX) {
            throw new Refusal(Reason.TOO_LARGE, "the batch reads more than " + DocumentLimits.BATCH_BYTES_MAX
                    + " bytes: read the rest in another batch");
        }
        bytes += entry.dataBytes();
        return new OperationOutcome.Found(entry);
    }

    /** The outcomes of a batch that changes nothing, all against one root. */
    static List<OperationOutcome> all(StoreView root, long now, List<Operation> ops, AccessContext access) {
        AccessContext.Grants grants = access.on(root);
        BatchReads batchReads = new BatchReads();
        List<OperationOutcome> outcomes = new ArrayList<>(ops.size());
        for (Operation op : ops) {
            try {
                outcomes.add(batchReads.judge(op, Documents.find(root, op.key(), now, grants)));
            } catch (Refusal refusal) {
                outcomes.add(new OperationOutcome.Refused(refusal));
            }
        }
        return outcomes;
    }
}
