package kvs.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * The preconditions of a caller on the present version of a key ({@code If-Match}, {@code If-None-Match},
 * {@code If-Unmodified-Since} of RFC 9110). A key that is absent or dead has no tag, and no date. A pure
 * function; it has a truth table in its test.
 *
 * @param ifMatch the version must be one of these (strong comparison, so a weak tag never matches)
 * @param ifNoneMatch the version must be none of these (weak comparison)
 * @param unmodifiedSince the second, in Unix time, after which the version must not have been written
 */
public record Preconditions(Optional<Match> ifMatch, Optional<Match> ifNoneMatch,
        Optional<Long> unmodifiedSince) {

    /** No conditions. */
    public static final Preconditions NONE = new Preconditions(Optional.empty(), Optional.empty());
    private static final long SECOND_MS = 1_000;
    /** Maximum number of tags in one header: as many as fit its line; more is a mistake. */
    private static final int TAGS_MAX = 100;

    /** Conditions on tags only. */
    public Preconditions(Optional<Match> ifMatch, Optional<Match> ifNoneMatch) {
        this(ifMatch, ifNoneMatch, Optional.empty());
    }

    /**
     * A list of tags, or the wildcard.
     *
     * @param any whether this is {@code *}, which matches any version
     * @param tags the tags otherwise
     */
    public record Match(boolean any, List<EntityTag> tags) {

        private static final Match ANY = new Match(true, List.of());

        /**
         * Parses the value of a header: {@code *}, or tags separated by commas.
         *
         * @throws Refusal {@code BAD_REQUEST}
         */
        public static Match header(String text) {
            String value = text.strip();
            if (value.equals("*")) {
                return ANY;
            }
            List<EntityTag> tags = new ArrayList<>();
            int from = 0;
            while (from <= value.length()) {
                int end = end(value, from);
                tags.add(EntityTag.parse(value.substring(from, end).strip()));
                from = end + 1;
                if (tags.size() > TAGS_MAX) {
                    throw new Refusal(Reason.BAD_REQUEST,
                            "a header may have at most " + TAGS_MAX + " entity tags");
                }
            }
            return new Match(false, tags);
        }

        /** Parses a member of JSON: as {@link #header}, or the bare uuid of a version. */
        public static Match member(String text) {
            boolean bare = !text.isEmpty() && !text.contains("\"") && !text.equals("*");
            return bare ? new Match(false, List.of(EntityTag.bare(text))) : header(text);
        }

        /** The end of the tag that begins at {@code from}: a comma outside quotes. */
        private static int end(String text, int from) {
            boolean quoted = false;
            for (int i = from; i < text.length(); i++) {
                quoted ^= text.charAt(i) == '"';
                if (text.charAt(i) == ',' && !quoted) {
                    return i;
                }
            }
            return text.length();
        }

        boolean strongly(Optional<EntityTag> current) {
            return current.isPresent() && (any || tags.stream().anyMatch(current.get()::sameStrong));
        }

        boolean weakly(Optional<EntityTag> current) {
            return current.isPresent() && (any || tags.stream().anyMatch(current.get()::sameWeak));
        }
    }

    /** Whether a version with this tag (empty: absent), written at that Unix ms, meets the conditions. */
    public boolean hold(Optional<EntityTag> current, long writtenMs) {
        return (ifMatch.isEmpty() || ifMatch.get().strongly(current))
                && (ifNoneMatch.isEmpty() || !ifNoneMatch.get().weakly(current))
                && (unmodifiedSince.isEmpty() || current.isPresent() && unmodified(writtenMs));
    }

    /** Dates have seconds only: a version written within that second counts as known. */
    private boolean unmodified(long writtenMs) {
        return Math.floorDiv(writtenMs, SECOND_MS) <= unmodifiedSince.orElseThrow();
    }

    /** Whether the reader already has the present version, by {@code If-None-Match}: 304. */
    public boolean unchanged(Optional<EntityTag> current) {
        return ifNoneMatch.isPresent() && ifNoneMatch.get().weakly(current);
    }

    /**
     * Refuses a read unless {@code If-Match} and {@code If-Unmodified-Since} hold.
     *
     * @throws Refusal {@code CONDITION_FAILED}
     */
    public void checkRead(Optional<EntityTag> current, long writtenMs) {
        if (ifMatch.isPresent() || unmodifiedSince.isPresent()) {
            new Preconditions(ifMatch, Optional.empty(), unmodifiedSince).check(current, writtenMs, true);
        }
    }

    /**
     * Refuses unless the conditions hold.
     *
     * @param writtenMs the time of the write of the present version
     * @param reader whether the caller may know the tag
     * @throws Refusal {@code CONDITION_FAILED}, for a reader with the member {@code etag}, when there is one
     */
    void check(Optional<EntityTag> current, long writtenMs, boolean reader) {
        if (!hold(current, writtenMs)) {
            Refusal refusal = new Refusal(Reason.CONDITION_FAILED, current.isPresent()
                    ? "the key has another version than the condition requires: read it again, then decide"
                    : "the condition requires a version, and the key does not exist");
            throw current.filter(tag -> reader).map(tag -> refusal.with("etag", tag.text())).orElse(refusal);
        }
    }
}
