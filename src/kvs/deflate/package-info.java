/**
 * Deflate (RFC 1951): native state that is used again, and the sample that tells whether a text shrinks.
 *
 * <p>{@code CompressionProbe} decides and gives a {@code DeflaterPool}. What is made with it has no wrapper:
 * records of the log have their own checksums, and the content coding of a response its own head and
 * trailer.
 */
package kvs.deflate;
