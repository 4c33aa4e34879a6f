package kvs.data;

import java.util.List;
import kvs.model.Refusal;
import kvs.store.Receipt;
import kvs.tree.Entry;

/** What became of an {@link Op}. */
public sealed interface Outcome {

    /**
     * A document was stored.
     *
     * @param receipt its version
     */
    record Stored(Receipt receipt) implements Outcome { }

    /**
     * A tombstone was written.
     *
     * @param receipt its version
     */
    record Deleted(Receipt receipt) implements Outcome { }

    /**
     * Something living was here when the operation was judged.
     *
     * @param entry where {@link Documents#read} finds it
     */
    record Found(Entry entry) implements Outcome { }

    /** The conditions hold. */
    record Held() implements Outcome { }

    /**
     * It was not done.
     *
     * @param why what is wrong
     */
    record Refused(Refusal why) implements Outcome { }

    /** It could have been done, but another operation of the same atomic batch was refused. */
    record Undone() implements Outcome { }

    /** Whether one of them was refused. */
    static boolean anyRefused(List<Outcome> outcomes) {
        return outcomes.stream().anyMatch(Refused.class::isInstance);
    }

    /** Those of an atomic batch that failed. */
    static List<Outcome> undone(List<Outcome> judged) {
        return judged.stream().map(outcome -> outcome instanceof Refused ? outcome : new Undone()).toList();
    }
}
