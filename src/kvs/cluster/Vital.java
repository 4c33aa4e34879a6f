package kvs.cluster;

import kvs.model.Mode;

/**
 * How a node is.
 *
 * @param mode what it takes
 * @param wallMs its clock, Unix ms
 * @param count versions that it holds, dead ones too
 * @param head number of its last own write
 * @param root digest of all that it holds, 32 bytes
 */
public record Vital(Mode mode, long wallMs, long count, long head, byte[] root) { }
