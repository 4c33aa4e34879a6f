package kvs.auth;

import java.util.EnumSet;
import java.util.UUID;
import kvs.store.Store;
import kvs.store.TransactionWrite;

/** A token that another node of the cluster has made a moment ago. */
public final class UnreplicatedToken {

    private final Auth auth;
    private final Store store;
    private final Tokens.IssuedToken issued;

    /** A token of that user whose record has not arrived in {@code store}. */
    public UnreplicatedToken(Auth auth, Store store, UUID user) {
        this.auth = auth;
        this.store = store;
        this.issued = auth.tokens()
                .sign(new Tokens.TokenOptions(user, EnumSet.of(TokenScope.READ), 60_000), Principal.OPERATOR);
    }

    /** What its bearer sends. */
    public String text() {
        return issued.text();
    }

    /** Its record arrives with the next group of the store. */
    public void arrive() {
        store.submit(new TransactionWrite<>(100, tx -> auth.tokens().store(tx, issued, Principal.OPERATOR)));
    }
}
