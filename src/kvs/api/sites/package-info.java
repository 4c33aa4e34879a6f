/**
 * The resources for sites without a network between them: partners, the bundles and receipts for them, and
 * the files of them that this node takes. All of them are for administrators; the tamper log has each request
 * that changes something.
 *
 * <p>A bundle is made while it is sent. A file of a partner comes in parts, and is verified or merged in the
 * background ({@link kvs.bundle.SiteMerges}); its state has the verdict, the sentence and the exit status of
 * the command on a stopped node.
 */
package kvs.api.sites;
