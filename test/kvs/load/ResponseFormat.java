package kvs.load;

import java.nio.ByteBuffer;

/** The form of the responses of a server: reads the begin of each, and tells its length. For one thread. */
interface ResponseFormat {

    /**
     * Reads the head that begins at the position of {@code in}, which stays there; whether it was there to
     * its end.
     */
    boolean read(ByteBuffer in);

    /** The status of the head that was read last, as one of HTTP. */
    int status();

    /** Its length with what ends it. */
    int bytes();

    /** The length of the body that it announces, 0 if it says nothing. */
    int bodyBytes();
}
