package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import kvs.documents.LocalDocuments;
import kvs.log.EncodedDocument;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;

/** Writes records as a peer could send them: of any key, with any content. */
record RawAccountRecord(LocalDocuments node) {

    void put(String key, String json, UUID author) {
        UnstampedVersion unstamped = new UnstampedVersion(Key.ofBytes(key.getBytes(StandardCharsets.UTF_8)),
                Optional.of(EncodedDocument.plain(json.getBytes(StandardCharsets.UTF_8))),
                Version.FOREVER, author);
        node.store.submit(new Write() {
            @Override
            public void decide(Transaction tx) {
                tx.put(unstamped);
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal);
            }
        });
        node.work();
    }
}
