package kvs.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.log.EncodedDocument;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.store.UnstampedVersion;
import kvs.tree.TreeCursor;

/** The tokens in a store that was restored from a backup: by default all are revoked. Pure functions. */
public final class RestoredTokenRevocation {

    /** Drafts that {@link #voids} makes for each token. */
    public static final int VOIDS_EACH = 2;

    private RestoredTokenRevocation() { }

    /**
     * The drafts that revoke every token that is live in a store at that time, as {@link Tokens#revoke} does.
     */
    public static List<UnstampedVersion> voids(StoreView view, long nowMs) {
        List<UnstampedVersion> unstamped = new ArrayList<>();
        TreeCursor scan = view.tree().scan(AccountKeys.TOKENS);
        while (scan.next()) {
            Optional<Tokens.TokenCursor> at = AccountKeys.token(scan.entry().key());
            if (!scan.entry().deadAt(nowMs) && at.isPresent()
                    && !AccountReader.has(view, AccountKeys.revoked(at.get().id()), nowMs)) {
                UUID id = at.get().id();
                long until = scan.entry().expires() == Version.FOREVER ? Version.FOREVER
                        : scan.entry().expires() + Tokens.DAY_MS;
                unstamped.add(new UnstampedVersion(AccountKeys.revoked(id),
                        Optional.of(EncodedDocument.plain(AccountTransactions.NOTHING)), until,
                        Principal.OPERATOR_ID));
                unstamped.add(new UnstampedVersion(Key.ofBytes(scan.entry().key()), Optional.empty(),
                        Version.FOREVER, Principal.OPERATOR_ID));
            }
        }
        return unstamped;
    }
}
