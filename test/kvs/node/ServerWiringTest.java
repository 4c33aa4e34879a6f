package kvs.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
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

    /** As on Debian, where the name of the machine is 127.0.1.1. */
    @ParameterizedTest
    @CsvSource({"0.0.0.0, 127.0.1.1, true", "::, ::1, true", "0.0.0.0, 192.0.2.1, false",
        "127.0.0.1, 127.0.0.1, false", "192.0.2.1, 192.0.2.1, false"})
    void warnsOfAnAddressThatOthersCannotReach(String listens, String advertised, boolean warns)
            throws UnknownHostException {
        assertEquals(warns, ServerWiring.isForThisMachineAlone(InetAddress.getByName(listens),
                InetAddress.getByName(advertised)));
    }
}
