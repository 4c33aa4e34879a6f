package kvs.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HashSumTest {

    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

    @Test
    void addsAndSubtractsModulo256Bits() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            HashSum x = new HashSum(digit(random), digit(random), digit(random), digit(random));
            HashSum y = new HashSum(digit(random), digit(random), digit(random), digit(random));
            assertEquals(number(x).add(number(y)).mod(MODULUS), number(x.plus(y)));
            assertEquals(number(x).subtract(number(y)).mod(MODULUS), number(x.minus(y)));
            assertEquals(x, HashSum.ofBytes(x.toBytes()));
        }
        assertArrayEquals(new byte[32], HashSum.ZERO.toBytes());
    }

    /** Often a digit that carries. */
    private static long digit(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> -1;
            case 1 -> 0;
            case 2 -> Long.MIN_VALUE;
            default -> random.nextLong();
        };
    }

    private static BigInteger number(HashSum sum) {
        return new BigInteger(1, sum.toBytes());
    }
}
