package kvs.auth;

import java.util.UUID;
import kvs.world.Dice;

/** Makes random ids (UUID version 4, RFC 9562). */
final class RandomIds {

    private RandomIds() { }

    static UUID random(Dice dice) {
        long high = dice.bits() & ~0xf000L | 0x4000L;
        long low = dice.bits() & ~(3L << 62) | 1L << 63;
        return new UUID(high, low);
    }
}
