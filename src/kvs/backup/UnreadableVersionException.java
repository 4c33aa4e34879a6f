package kvs.backup;

import java.io.IOException;
import kvs.model.Key;
import kvs.tree.Entry;
import kvs.world.FailureText;

/** A failure to read a version, which therefore cannot be backed up. */
public final class UnreadableVersionException extends IOException {

    private static final long serialVersionUID = 1L;

    UnreadableVersionException(String what, IOException cause) {
        super(what, cause);
    }

    /** The failure for an entry of which a record is unreadable. */
    static UnreadableVersionException of(Entry entry, IOException cause) {
        return new UnreadableVersionException("a record of '" + Key.ofBytes(entry.key()).text()
                + "' is unreadable (" + FailureText.text(cause)
                + "): write or delete the key, or let a member send it again", cause);
    }
}
