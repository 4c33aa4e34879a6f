/**
 * The resources for sites without a network between them: partners, the bundles and receipts for them, and
 * the files of them that this node takes. All of them are for administrators; the tamper log has each request
 * that changes something.
 */
package kvs.api.sites;
