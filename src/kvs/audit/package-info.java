/**
 * The audit log (the tamper log of the API): a chain of sealed lines that says who did what. It knows neither requests nor documents; the
 * gateway records events, the node joins the two.
 *
 * <pre>
 *   events ───AuditEvent──▶ AuditQueue ────────┐
 *   refusals ─▶ RefusalAggregator (merged) ────┴─▶ AuditLineBuilder ──batch──▶ AuditFiles ──▶ 0000000000000000001.tamper … and HEAD
 *                                                                              ▲   └──────▶ AuditPageReader (for readers)
 *                                                          AuditRecovery ──────┘ at a start
 *   AuditAnchorKeeper: the store remembers the last durable line, a start compares
 *   AuditVerification: reads all of it, names the first line that is not as it was written
 * </pre>
 *
 * <p>Formats, each drawn in the file that owns it: {@code AuditLine}, {@code AuditHeadFile}. The seal protects from somebody who can write the
 * files but does not know the key. It does not protect from the same person putting the whole directory back to an older state, HEAD and all;
 * against that the last number and hash must be known elsewhere ({@code AuditVerification.Anchor}): in the store ({@code AuditAnchorKeeper}),
 * and at the members of the cluster ({@code kvs.cluster.AuditWitnesses}).
 */
package kvs.audit;
