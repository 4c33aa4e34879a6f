/**
 * The vocabulary of the domain: keys, versions and their order, modes, refusals. No input or output, no
 * threads, no clock; every rule is a pure function with a truth table in its test.
 *
 * <p>A {@code Key} names a document; a {@code Version} is one value of it, with the {@code Dot} of its write
 * and an id computed from its content ({@code VersionIdHasher}). {@code MergeRule} decides between two
 * versions by their {@code VersionRank}; {@code ReplicationRules} contains the other rules that every node
 * must compute alike. {@code Coverage} is the version vector behind replication and positions. A request that
 * cannot be served is a {@code Refusal} with a {@code Reason}.
 */
package kvs.model;
