/**
 * Proofs of a document for somebody who has neither the cluster nor a secret of it: the version with all of
 * its fields, the line of the audit log that records its write, the heads that are known of audit logs, and
 * the signature of the node that made it.
 *
 * <pre>
 *   kvs-proof 1 LF
 *   JSON in one line LF        {"made_at":ms,"node":text,"life":uuid,"version":{…},
 *                               "audit":{"before":hex(64),"line":text} or "audit_absent":text,
 *                               "head":"n:hash"?,"store_head":"n:hash"?,
 *                               "remembered":[{"life":uuid,"head":"n:hash"} …]}
 *   key BASE64 LF              the public key, X.509 SubjectPublicKeyInfo of an Ed25519 key (RFC 8410)
 *   signature BASE64 LF        Ed25519 (RFC 8032) over all bytes before this line
 * </pre>
 * The version has {@code path uuid timestamp origin seq joined prev_timestamp shadows_until author owner
 * expires deleted document}; the document is base64 of its bytes. Never change these names.
 *
 * <p>Valid when 1. all four lines are there and nothing follows, 2. the signature is that of the key, 3. the
 * uuid of the version is the id of its other fields ({@link kvs.model.VersionIdHasher}), 4. the audit line
 * follows a line with the hash {@code before}, and names the path and the uuid of the version.
 */
package kvs.proof;
