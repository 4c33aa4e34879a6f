package kvs.http;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import kvs.data.Local;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Document;
import kvs.store.Draft;
import kvs.store.Transaction;
import kvs.store.Write;

/** Writes records as a peer could send them: of any key, with any content. */
record RawRecord(Local node) {

    void put(String key, String json, UUID author) {
        Draft draft = new Draft(Key.ofBytes(key.getBytes(StandardCharsets.UTF_8)),
                Optional.of(Document.plain(json.getBytes(StandardCharsets.UTF_8))), Version.FOREVER, author);
        node.store.submit(new Write() {
            @Override
            public void decide(Transaction tx) {
                tx.put(draft);
            }

            @Override
            public void written() {
                // It is in the store now.
            }

            @Override
            public void refused(Refusal why) {
                throw new AssertionError(why);
            }

            @Override
            public int bytes() {
                return 0;
            }
        });
        node.work();
    }
}
