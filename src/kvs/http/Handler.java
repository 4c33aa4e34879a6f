package kvs.http;

import java.util.concurrent.CompletionStage;

/**
 * A handler of requests. It never blocks on a write or a wait: it returns a stage that another thread
 * completes, the store's writer or the feed, so no thread waits for either and any server can run it. One
 * place converts its exceptions, thrown or in the stage, to responses.
 */
@FunctionalInterface
public interface Handler {

    /** The response to {@code request}, now or later. */
    CompletionStage<Response> handle(Request request);
}
