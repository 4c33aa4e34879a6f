package kvs.backup;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;

/** A write of versions that revoke restored data, into a store that has no thread. */
final class RevocationWrite implements Write {

    /** The number of versions in one write. */
    private static final int VERSIONS = 1_000;

    private final List<UnstampedVersion> unstamped;
    private Optional<Refusal> refused = Optional.empty();
    private boolean over;

    private RevocationWrite(List<UnstampedVersion> unstamped) {
        this.unstamped = unstamped;
    }

    /** Writes all of them. */
    static void write(Store store, List<UnstampedVersion> unstamped) throws IOException {
        for (int i = 0; i < unstamped.size(); i += VERSIONS) {
            RevocationWrite some =
                    new RevocationWrite(unstamped.subList(i, Math.min(unstamped.size(), i + VERSIONS)));
            store.submit(some);
            while (!some.over) {
                store.step();
            }
            if (some.refused.isPresent()) {
                throw new IOException(some.refused.get().detail());
            }
        }
    }

    @Override
    public void decide(Transaction transaction) {
        unstamped.forEach(transaction::put);
    }

    @Override
    public void written() {
        over = true;
    }

    @Override
    public void refused(Refusal refusal) {
        refused = Optional.of(refusal);
        over = true;
    }
}
