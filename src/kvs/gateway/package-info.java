/**
 * The stages that every request passes, in one order, and the two engines below them. The earliest refusal
 * wins:
 *
 * <pre>
 *   HttpEngine ─▶ HttpFrontend ─▶ RequestValidation 400 405 411 414 ─▶ CrossOriginPolicy 403
 *     ─▶ BearerAuthenticator 401 ─▶ CrossOriginPolicy 421 ─▶ ClientRateLimitStage 429
 *     ─▶ Router 404 405 ─▶ RouteAuthorizer 401 403 503 ─▶ Request.check 400 (parameters, conditions)
 *     ─▶ BoundedBodyReader 400 413 415 ─▶ PositionHandler (KVS-Position) ─▶ ReplicationWaitHandler (?copies)
 *     ─▶ FirstUserAgreementHandler (first user)
 *     ─▶ the resource 503 403 404 412 409
 *     ─▶ AuditRecorder ─▶ RequestMetrics ─▶ PrettyResponse ─▶ ContentCodingStage ─▶ StandardHeaders
 *     ─▶ ResponseWriter
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
 * response that turns out to be long is made in the pool. An event stream belongs to its loop from its head
 * to its end ({@code LoopEventSink}). All other requests run in a pool: listings,
 * batches, accounts, long documents, and all that may wait for a disk, a lock or a reader.
 *
 * <p>Requests for one short document take a fast path through the same stages. A read that simply succeeds
 * passes it whole, without futures, header objects and a URI; a write enters the pipeline behind
 * authentication, because only the writer knows its outcome:
 *
 * <pre>
 *   bytes ─▶ FastRequests (kvs.server) ─▶ DocumentFastPath  new header fields: validation, names of the host
 *     ─▶ FastSender  who: as before, unless accounts changed or the credential expired
 *          GET, HEAD  ─▶ route open to them? ─▶ entry in one ReadView, with their rights ─▶ ResponseCache
 *               ─▶ quota ─▶ RequestMetrics
 *               ─▶ one array: status, date, document, RateLimit, standard fields, position, body
 *          PUT, DELETE ─▶ ClientRateLimitStage and all that follows
 *   anything else at any step ─▶ the stages above, which then count, record and refuse
 * </pre>
 * It leaves out: all other methods, queries, encoded paths, every header field but {@code Host},
 * {@code User-Agent}, {@code Accept}, {@code Accept-Encoding}, {@code Connection}, {@code Authorization} and
 * those of a body, conditions, requests of pages and of nodes, long documents, bodies in pieces or in chunks,
 * and every status of a read but 200. So reads have nothing to record in the audit log, and are never
 * refused. They are not in the count of requests in progress, because no other thread could see them there. A
 * test sends generated requests to a node with the fast path and to one without, and compares responses,
 * audit lines and metrics.
 */
package kvs.gateway;
