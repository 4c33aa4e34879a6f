/**
 * The audit log (the tamper log of the API): a chain of sealed lines that record who did what. It knows
 * neither requests nor documents; the gateway records events, {@code kvs.node} joins the two.
 *
 * <pre>
 *   events ───AuditEvent──▶ AuditQueue ────────┐
 *   refusals ─▶ RefusalAggregator (merged) ────┴─▶ AuditBatchBuilder ──batch──▶ AuditFiles
 *                                                                              │  ▲  └──▶ AuditPageReader
 *          0000000000000000001.tamper … and HEAD ◀─────────────────────────────┘  └────── AuditRecovery
 *                                                                                         at a start
 *   AuditAnchorKeeper: keeps the last durable line in the store, for the next start to compare
 *   AuditVerification: reads all lines, names the first one that is not as it was written
 * </pre>
 *
 * <p>Formats, each drawn in the file that owns it: {@code AuditLine}, {@code AuditHeadFile}. The seal
 * protects from an attacker who can write the files but does not know the key. It does not protect from the
 * same attacker restoring the whole directory to an older state, HEAD and all; against that the last number
 * and hash must be known elsewhere ({@code AuditVerification.Anchor}): in the store
 * ({@code AuditAnchorKeeper}), and at the members of the cluster ({@code kvs.cluster.AuditWitness}).
 */
package kvs.audit;
