package kvs.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.View;
import kvs.tree.Entry;

/** Judges the operations of one batch that only look, and counts what they will bring into memory. */
final class Looks {

    private long bytes;

    /** What {@code op}, a get or a check, comes to where {@code living} is what is here. */
    Outcome judge(Op op, Optional<Entry> living) {
        if (op instanceof Op.Check check) {
            check.conditions().check(living.map(Documents::tag), Documents.writtenMs(living), true);
            return new Outcome.Held();
        }
        Entry entry = living.orElseThrow(() -> Refusal.absent(op.key()));
        if (bytes + entry.dataBytes() > Limits.BATCH_BYTES_MAX) {
            throw new Refusal(Reason.TOO_LARGE, "the batch reads more than " + Limits.BATCH_BYTES_MAX + " bytes: read the rest in another");
        }
        bytes += entry.dataBytes();
        return new Outcome.Found(entry);
    }

    /** All operations of a batch that changes nothing, against one root. */
    static List<Outcome> all(View root, long now, List<Op> ops, Access access) {
        Access.Grants grants = access.on(root);
        Looks looks = new Looks();
        List<Outcome> outcomes = new ArrayList<>(ops.size());
        for (Op op : ops) {
            try {
                outcomes.add(looks.judge(op, Documents.find(root, op.key(), now, grants)));
            } catch (Refusal why) {
                outcomes.add(new Outcome.Refused(why));
            }
        }
        return outcomes;
    }
}
