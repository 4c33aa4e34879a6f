package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalLong;
import kvs.model.Version;
import org.junit.jupiter.api.Test;

class ExpiryPolicyTest {

    private static final OptionalLong NEW = OptionalLong.empty();

    @Test
    void isTheWallAndTheTtl() {
        assertEquals(1_500, new ExpiryPolicy.TimeToLive(500).at(1_000, NEW));
        assertEquals(1_500, new ExpiryPolicy.TimeToLive(500).at(1_000, OptionalLong.of(9_999)));
    }

    @Test
    void zeroIsForEverAndSoIsWhatOverflows() {
        assertEquals(Version.FOREVER, ExpiryPolicy.NEVER.at(1_000, OptionalLong.of(5)));
        assertEquals(Version.FOREVER, new ExpiryPolicy.TimeToLive(Long.MAX_VALUE).at(1_000, NEW));
        assertEquals(Version.FOREVER, new ExpiryPolicy.TimeToLive(Long.MAX_VALUE - 999).at(1_000, NEW));
        assertEquals(Version.FOREVER, new ExpiryPolicy.TimeToLive(Long.MAX_VALUE - 1_000).at(1_000, NEW));
        assertEquals(Version.FOREVER - 1, new ExpiryPolicy.TimeToLive(Long.MAX_VALUE - 1_001).at(1_000, NEW));
    }

    @Test
    void keepsThatOfALivingVersionOnly() {
        ExpiryPolicy keep = new ExpiryPolicy.KeepExisting(new ExpiryPolicy.TimeToLive(100));
        assertEquals(7_000, keep.at(1_000, OptionalLong.of(7_000)));
        assertEquals(Version.FOREVER, keep.at(1_000, OptionalLong.of(Version.FOREVER)));
        assertEquals(1_100, keep.at(1_000, NEW));
    }

    @Test
    void refusesANegativeTtl() {
        assertThrows(IllegalArgumentException.class, () -> new ExpiryPolicy.TimeToLive(-1));
    }
}
