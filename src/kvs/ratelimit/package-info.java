/**
 * The number of requests that a client may send in a time.
 *
 * <pre>
 *   gateway ─▶ RateLimitStage ◀─ ClientRateLimitStage ─▶ RateLimiter      a bucket for each client
 *                                                   └──▶ RateLimitReport  clients over it, for health and log
 * </pre>
 * The response names limit and rest in the fields of the draft "RateLimit header fields for HTTP" (IETF
 * httpapi).
 */
package kvs.ratelimit;
