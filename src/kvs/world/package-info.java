/**
 * The outside world as small interfaces ("doors"), with their real implementations: time, chance, disk,
 * network, threads, the log, and the resources of this process.
 *
 * <p>Constructors above this package take exactly the interfaces that they use. So the same code runs on a
 * real machine and, with the implementations under {@code test/kvs/sim}, in one thread under a seeded
 * simulator with virtual time, where every disk call can fail and every moment can be that of a power cut. No
 * code outside this package (and {@code kvs.Main}) may name the clock, the random generator, the file system
 * or a thread of the JDK; a test checks that.
 */
package kvs.world;
