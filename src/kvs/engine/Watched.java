package kvs.engine;

import java.io.IOException;
import java.nio.channels.SelectionKey;

/** Something that a loop watches. Both methods are called on the loop, and must not block. */
interface Watched {

    /** Its channel can do something of what it is interested in; after an {@code IOException} it is closed. */
    void ready(SelectionKey key) throws IOException;

    /** Called a few times a second. */
    void tick(long nanos);

    /** Ends it; may be called twice. */
    void close();

    /** Ends it as soon as what is under way is done. */
    void finish();
}
