package kvs.http;

import java.util.concurrent.CompletionStage;

/**
 * Answers requests. It never blocks on a write or a wait: it returns a stage that somebody else completes, the store's writer or the feed, so
 * no thread waits for either and any server can run it. What it throws, or completes with, is made an answer in one place.
 */
@FunctionalInterface
public interface Handler {

    /** The answer to {@code request}, now or later. */
    CompletionStage<Response> handle(Request request);
}
