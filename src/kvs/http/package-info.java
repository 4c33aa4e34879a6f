/**
 * The words of HTTP: requests, responses, routes, headers, conditions and problems, without any server.
 *
 * <p>{@code RequestHead} is what an engine has read, {@code Request} what a handler gets, {@code Response} what it returns; {@code Requester} is
 * who sends it, which the documents know as their {@code AccessContext}. {@code RequestTimer} measures a request without the waits that it asked
 * for. {@code Problems} makes a response of every {@code Refusal}: the one place where a reason gets its status. {@code PositionWait} holds a
 * request until this node has come as far as a position.
 */
package kvs.http;
