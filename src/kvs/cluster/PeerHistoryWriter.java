package kvs.cluster;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.Write;

/**
 * Writes the history of contacts to the notes of the store, one transaction at a time: while one is under
 * way, the next changes wait for the next call. Thread-safe.
 */
final class PeerHistoryWriter {

    private final PeerHistory peerHistory;
    private final Store store;
    /** Whether a transaction of {@link #save} is under way. */
    private final AtomicBoolean saving = new AtomicBoolean();

    /** A writer of these contacts. */
    PeerHistoryWriter(PeerHistory peerHistory, Store store) {
        this.peerHistory = peerHistory;
        this.store = store;
    }

    /** Notes the whole history of contacts. */
    void saveAll() {
        store.submit(new NotesWrite(peerHistory.unsaved(0)));
    }

    /** Notes new contacts. */
    void save() {
        Map<String, byte[]> notes = peerHistory.unsaved(PeerHistory.EXACT_MS);
        if (!notes.isEmpty() && saving.compareAndSet(false, true)) {
            store.submit(new NotesWrite(notes));
        }
    }

    private final class NotesWrite implements Write {

        private final Map<String, byte[]> notes;

        NotesWrite(Map<String, byte[]> notes) {
            this.notes = notes;
        }

        @Override
        public void decide(Transaction tx) {
            notes.forEach(tx::note);
        }

        @Override
        public void written() {
            peerHistory.saved(notes);
            saving.set(false);
        }

        @Override
        public void refused(Refusal refusal) {
            saving.set(false);
        }

        @Override
        public int bytes() {
            return 1_000;
        }
    }
}
