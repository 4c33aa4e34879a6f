/** The parts of the commands on keys. */
package kvs.cli.operation;
