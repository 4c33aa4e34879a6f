package kvs.documents;

import java.util.OptionalLong;
import kvs.model.Durations;
import kvs.model.Version;

/** The rule for the expiry of a written version. */
public sealed interface ExpiryPolicy {

    /** No expiry. */
    TimeToLive NEVER = new TimeToLive(0);

    /**
     * A duration after the write.
     *
     * @param ttlMs 0 for never
     */
    record TimeToLive(long ttlMs) implements ExpiryPolicy {

        /** Refuses a negative duration, which is a mistake of the caller's parser. */
        public TimeToLive {
            if (ttlMs < 0) {
                throw new IllegalArgumentException("ttl of " + ttlMs + " ms");
            }
        }
    }

    /**
     * The expiry of a write without one.
     *
     * @param after the value of {@code default_ttl}
     */
    record DefaultTtl(TimeToLive after) implements ExpiryPolicy { }

    /**
     * The expiry of the version that is replaced.
     *
     * @param otherwise the expiry for an absent key
     */
    record KeepExisting(TimeToLive otherwise) implements ExpiryPolicy { }

    /**
     * Parses an expiry: a duration, or {@code keep}, with {@code otherwise} for an absent key.
     *
     * @throws IllegalArgumentException with a message that can be shown to the user
     */
    static ExpiryPolicy parse(String text, TimeToLive otherwise) {
        return text.equals("keep") ? new KeepExisting(otherwise) : new TimeToLive(Durations.parse(text));
    }

    /** The expiry, Unix ms, of a write at {@code wallMs}; {@code living} is that of the replaced version. */
    default long at(long wallMs, OptionalLong living) {
        if (this instanceof KeepExisting keep) {
            return living.orElseGet(() -> keep.otherwise.at(wallMs, living));
        }
        long ttlMs = (this instanceof DefaultTtl unnamed ? unnamed.after : (TimeToLive) this).ttlMs;
        return ttlMs == 0 || wallMs > Version.FOREVER - ttlMs ? Version.FOREVER : wallMs + ttlMs;
    }
}
