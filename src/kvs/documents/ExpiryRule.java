package kvs.documents;

import java.util.OptionalLong;
import kvs.model.Durations;
import kvs.model.Version;

/** When a written version shall die. */
public sealed interface ExpiryRule {

    /** Never. */
    TimeToLive NEVER = new TimeToLive(0);

    /**
     * A duration after the write.
     *
     * @param ttlMs 0 for never
     */
    record TimeToLive(long ttlMs) implements ExpiryRule {

        /** Refuses a negative duration: that is a mistake of the caller's parser. */
        public TimeToLive {
            if (ttlMs < 0) {
                throw new IllegalArgumentException("ttl of " + ttlMs + " ms");
            }
        }
    }

    /**
     * The expiry of a write that names none.
     *
     * @param after what {@code default_ttl} says
     */
    record DefaultTtl(TimeToLive after) implements ExpiryRule { }

    /**
     * When the version that it replaces would have died.
     *
     * @param otherwise for a key where nothing living is here
     */
    record KeepExisting(TimeToLive otherwise) implements ExpiryRule { }

    /**
     * The expiry that a text names: a duration, or {@code keep}, where {@code otherwise} holds when nothing living is here.
     *
     * @throws IllegalArgumentException with a message that can be shown to who wrote it
     */
    static ExpiryRule parse(String text, TimeToLive otherwise) {
        return text.equals("keep") ? new KeepExisting(otherwise) : new TimeToLive(Durations.parse(text));
    }

    /** The expiry in Unix ms of a write at {@code wallMs}; {@code living} is that of the living version that it replaces. */
    default long at(long wallMs, OptionalLong living) {
        if (this instanceof KeepExisting keep) {
            return living.orElseGet(() -> keep.otherwise.at(wallMs, living));
        }
        long ttlMs = (this instanceof DefaultTtl unnamed ? unnamed.after : (TimeToLive) this).ttlMs;
        return ttlMs == 0 || wallMs > Version.FOREVER - ttlMs ? Version.FOREVER : wallMs + ttlMs;
    }
}
