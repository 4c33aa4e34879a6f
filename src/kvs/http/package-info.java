/**
 * The words of HTTP: requests, responses, routes, headers, conditions and problems, without any server.
 *
 * <p>An engine reads a {@code RequestHead}; a handler receives a {@code Request} and returns a
 * {@code Response}. The sender is a {@code Requester}, which the documents know as their
 * {@code AccessContext}. {@code RequestTimer} measures a request without the waits that it requested.
 * {@code Problems} makes a response of every {@code Refusal}: the one place where a reason gets its status.
 * {@code ProblemHelp} is the text that explains each reason.
 * {@code PositionWait} holds a request until this node covers a position.
 */
package kvs.http;
