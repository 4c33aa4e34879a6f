/**
 * Clients that load a node or keep it waiting, for benchmarks and for tests of the real jar. Each runs in the
 * thread of its caller, on non-blocking sockets: a client that is cheap leaves the cores to the node.
 */
package kvs.load;
