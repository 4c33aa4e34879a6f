/**
 * The certificate of a node and whom it trusts.
 *
 * <p>{@code TlsContexts} reads the certificate chain and its key ({@code PemParser},
 * {@code CertificateKeyPair}), reads them again while the node runs, and gives the contexts of the server and
 * of clients. {@code CertificateSelector} presents the pair that is in use; clients trust an authority, one
 * certificate by its fingerprint ({@code PinnedCertificateTrust}), and only within the dates of each
 * ({@code ValidityPeriodTrust}).
 */
package kvs.tls;
