/** Tests of {@code kvs.tree}: everything against a sorted map that is recounted by brute force. */
package kvs.tree;
