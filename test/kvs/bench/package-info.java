/**
 * Benchmarks: {@code make bench} prints one JSON line a figure, with the machine's fdatasync and CPU pressure
 * beside it. They never fail for being slow.
 */
package kvs.bench;
