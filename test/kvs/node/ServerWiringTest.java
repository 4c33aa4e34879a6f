package kvs.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerWiringTest {

    /** Each connection is an open file, and the store needs some. */
    @ParameterizedTest
    @CsvSource({"10000, 1048576, 10000", "10000, 11024, 10000", "10000, 11023, 9999", "10000, 4096, 3072",
        "10000, 1024, 512", "10000, 200, 100", "16, 200, 16", "10000, NaN, 10000"})
    void takesNoMoreConnectionsThanThereIsRoomForBesideTheStore(int wanted, double filesMax,
            int connections) {
        assertEquals(connections, ServerWiring.connections(wanted, filesMax));
    }
}
