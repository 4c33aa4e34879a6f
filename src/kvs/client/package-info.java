/**
 * The client side of the API, for the command line: where the nodes are, who asks, and how a request reaches
 * the first node that responds.
 *
 * <pre>
 *   ClientSession   endpoints, token and certificates, from options, variables, a saved context, or a node
 *       │           on this machine (Contexts, ClientContext, LocalNodes, LocalNode)
 *       ▼
 *   ClusterClient   fail-over between endpoints, the position (PositionFile), retries (Retry, RetryBackoff),
 *       │           curl lines (CurlLine)
 *       ▼
 *   EndpointClient  HTTP/1.1 on one connection (ResponseHead, ResponseBody)
 * </pre>
 *
 * <p>A request that may have been done is repeated only if doing it twice does no harm
 * ({@link kvs.client.ClientRequest.Repeat}). A token goes only to the endpoints that it belongs to, and is
 * never printed. {@code RefusalReport} turns a refusal into an exit status and a sentence.
 */
package kvs.client;
