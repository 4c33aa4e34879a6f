package kvs.gateway;

import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;

/** The source of the body of a request; read once, after validation and the size check. */
@FunctionalInterface
interface BodySource {

    /** Exactly {@code bytes} bytes. */
    CompletionStage<byte[]> read(int bytes);

    /** Runs {@code then} when the client is gone, if the engine notices that. */
    default void onDisconnect(Runnable then) { }

    /** Whether the engine accepts a body in chunks. */
    default boolean takesChunks() {
        return false;
    }

    /**
     * A complete body in chunks, or its first {@code most + 1} bytes when it is longer; {@code onSpace}
     * receives the size of memory before it is taken, and may refuse.
     */
    default CompletionStage<byte[]> chunks(int most, IntConsumer onSpace) {
        throw RequestValidation.unchunked();
    }

    /** A body that ended early, or whose connection broke. */
    final class BrokenBodyException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        BrokenBodyException(String what) {
            super(what, null, false, false);
        }
    }
}
