package kvs.routes;

import java.util.List;

/**
 * An example of a request and its answer. A test sends all of them, in the order of the table. Ids, times and
 * digests in it are samples: the real ones differ. Immutable.
 *
 * @param target the request target
 * @param headers header fields of the request, {@code Name: value}
 * @param body the body of the request; empty: none
 * @param status the status of the answer
 * @param answer the body of the answer; of a long text the beginning
 */
public record Example(String target, List<String> headers, String body, int status, String answer) {

    /** An id of a version. */
    static final String VERSION = "0197c5a0-3e1b-7c3f-9cde-5a1b2c3d4e5f";
    /** The id of a user. */
    static final String USER = "0197c5a1-0001-7000-8000-000000000001";
    /** The id of the user who sends the examples. */
    static final String AUTHOR = "0197c5a1-0005-7000-8000-000000000005";
    /** The id of that user's token. */
    static final String OWN_TOKEN = "0197c5a1-0006-7000-8000-000000000006";
    /** The id of a group. */
    static final String GROUP = "0197c5a1-0002-7000-8000-000000000002";
    /** The id of a token. */
    static final String TOKEN = "0197c5a1-0003-7000-8000-000000000003";
    /** The id of a data directory. */
    static final String ORIGIN = "0197c5a1-0004-7000-8000-000000000004";
    /** The id of a site. */
    static final String SITE = "0197c5a1-0007-7000-8000-000000000007";
    /** The id of a file of a partner. */
    static final String MERGE = "0197c5a1-0008-7000-8000-000000000008";
    /** A time. */
    static final String TIME = "1764494400000";
    /** A digest. */
    static final String DIGEST = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";

    /** A request without a body. */
    static Example of(String target, int status, String answer) {
        return new Example(target, List.of(), "", status, answer);
    }

    /** A request with a body. */
    static Example of(String target, String body, int status, String answer) {
        return new Example(target, List.of(), body, status, answer);
    }

    /** A copy with a header field in the request. */
    Example header(String field) {
        return new Example(target, List.of(field), body, status, answer);
    }
}
