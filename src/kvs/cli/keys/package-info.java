/**
 * The commands on keys and documents of a running cluster: one file for each. They know the API of a node,
 * and nothing of its files.
 *
 * <p>{@code KeyPath} is a key or a prefix as people type it, {@code RevisionName} a version of it by a part
 * of its id. The result goes to the standard output in the form that {@code --output} names; everything else
 * goes to the standard error output.
 */
package kvs.cli.keys;
