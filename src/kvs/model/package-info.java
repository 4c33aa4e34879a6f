/**
 * The words of the domain: keys, versions and their order, modes, refusals. No input or output, no threads, no clock; every rule is a pure
 * function with a truth table in its test.
 *
 * <p>A {@code Key} names a document; a {@code Version} is one value of it, with the {@code Dot} of where it was written and an id made of its
 * content ({@code VersionIdHasher}). {@code VersionRank} decides between two versions; {@code ReplicationRules} holds what else every node must compute alike.
 */
package kvs.model;
