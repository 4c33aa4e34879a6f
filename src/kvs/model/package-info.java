/**
 * The words of the domain: keys, versions and their order, modes, refusals. No input or output, no threads, no clock; every rule is a pure
 * function with a truth table in its test.
 */
package kvs.model;
