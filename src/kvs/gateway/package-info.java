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
 * {@code RequestExecutors} of the request, its loop. A response that turns out to be long is made in the
 * pool. An event stream belongs to its loop from its head to its end ({@code LoopEventSink}). All other
 * requests run in a pool: listings, batches, accounts, long documents, and all that may wait for a disk, a
 * lock or a reader.
 *
 * <p>Requests for one short document take a fast path through the same stages, without futures, header
 * objects and a URI. A read that simply succeeds passes it whole. A write is decided in a group with the
 * others of its loop, and then responds likewise, if it succeeded; the response to a refused one is made by
 * the stages above:
 *
 * <pre>
 *   bytes ─▶ FastRequests (kvs.server) ─▶ DocumentFastPath  new header fields: validation, names of the host
 *     ─▶ CachedRequester  who: as before, unless accounts changed or the credential expired
 *          GET, HEAD  ─▶ route open to them? ─▶ entry in one ReadView, with their rights ─▶ ResponseCache
 *               ─▶ quota ─▶ RequestMetrics
 *               ─▶ one array: status, date, document, RateLimit, standard fields, position, body
 *          PUT, DELETE ─▶ route open to them? ─▶ key, JSON, document encoded ─▶ quota
 *               ─▶ LoopWrites  after all ready connections: one group, on the loop or by the writer
 *               ─▶ DocumentWrite: rights, AuditRecorder ─▶ the loop: FastWrite ─▶ RequestMetrics
 *               ─▶ one array: status, date, receipt, RateLimit, standard fields, position
 *   anything else at any step ─▶ the stages above, which then count, record and refuse
 * </pre>
 * The loop commits a group itself when it is the only one, has served nothing else lately, and the last fsync
 * was short ({@code LoopWrites.commitsHere}): then nobody waits behind it, and two wake-ups are saved. Else
 * the writer does, and wakes each loop once a group. On the machine of the figures a write took 34 µs of CPU
 * by the stages and 19 by this path, its fsync not counted.
 *
 * <p>The fast path leaves out: all other methods, queries, encoded paths, every header field but
 * {@code Host}, {@code User-Agent}, {@code Accept}, {@code Accept-Encoding}, {@code Connection},
 * {@code Authorization} and those of a body, conditions, requests of pages and of nodes, long documents,
 * bodies in pieces or in chunks, envelopes, and every status of a read but 200. So reads have nothing to
 * record in the audit log, and are never refused. They are not in the count of requests in progress, because
 * no other thread could see them there. A test sends generated requests to a node with the fast path and to
 * one without, and compares responses, audit lines and metrics.
 */
package kvs.gateway;
