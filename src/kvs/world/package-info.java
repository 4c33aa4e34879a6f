/**
 * The doors to the outside world, and their real versions: time, chance, disk, network, threads, the log, and what this process takes.
 *
 * <p>Everything above takes exactly the doors that it uses through its constructor. So the same code runs on a real machine and, with the
 * twins under {@code test/kvs/sim}, in one thread under a seeded simulator with virtual time, where every disk call can fail and every
 * moment can be the one of a power cut. Nothing outside this package (and {@code kvs.Main}) may name the clock, the random generator, the
 * file system or a thread of the JDK; a test checks that.
 */
package kvs.world;
