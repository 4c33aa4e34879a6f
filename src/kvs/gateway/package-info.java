/**
 * The stages that every request passes, in one order, and the two engines below them. The earliest refusal
 * wins:
 *
 * <pre>
 *   HttpEngine ─▶ HttpFrontend ─▶ RequestValidation 400 405 411 414 ─▶ CrossOriginPolicy 403
 *     ─▶ BearerAuthenticator 401 ─▶ CrossOriginPolicy 421 ─▶ RequestRateLimitStage 429
 *     ─▶ Router 404 405 ─▶ RouteAuthorizer 401 403 503 ─▶ Request.check 400 (parameters, conditions)
 *     ─▶ BoundedBodyReader 400 413 415 ─▶ PositionHandler (KVS-Position) ─▶ ReplicationWaitHandler (?copies)
 *     ─▶ FirstUserAgreementHandler (first user)
 *     ─▶ the resource 503 403 404 412 409
 *     ─▶ AuditRecorder ─▶ RequestMetrics ─▶ StandardHeaders ─▶ ResponseWriter
 * </pre>
 * {@code Pipeline} is that order. The engine itself refuses what it cannot read (400 408 417 431 505), with
 * the same headers.
 *
 * <p>Only {@code HttpFrontend}, the two {@code HttpEngine}s and their {@code ResponseWriter}s know
 * {@code com.sun.net.httpserver}: {@code NioEngine} runs on {@code kvs.server}, {@code JdkEngine} on the
 * server of the JDK.
 *
 * <p>In {@code NioEngine} a request that {@code InlinePolicy} accepts runs on the loop of its connection,
 * from the head to the response, because handing a read of 10 µs to another thread costs as much again. A
 * write ends there at the queue of the writer; the stage that the writer completes continues at the
 * {@code RequestExecutors} of the request, its loop, and each loop is woken once for all writes of a group. A
 * response that turns out to be long is made in the pool. All other requests run in a pool: listings,
 * batches, accounts, long documents, and all that may wait for a disk, a lock or a reader.
 */
package kvs.gateway;
