package kvs.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kvs.world.SocketOwners.Owner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The owner of a socket: the rows of the kernel's tables, and real connections. */
class SocketOwnersTest {

    private static final String HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when"
            + " retrnsmt   uid  timeout inode          ";
    private static final int STRANGER = 54_321;
    private static final int TIMEOUT_MS = 20_000;

    @TempDir
    private Path directory;
    private final SocketOwners owners = SocketOwners.real();

    /** A row as the kernel prints it. */
    private static String row(String ends, String state, String uid) {
        return "   7: " + ends + " " + state + " 00000000:00000000 00:00000000 00000000 " + uid
                + "        0 4711 1 00000000aa48f0fd 20 4 30 10 -1";
    }

    private static Set<Long> uids(String client, String server, String... rows) throws IOException {
        return SocketOwners.ProcTables.uids(Stream.concat(Stream.of(HEAD), Stream.of(rows)),
                end(client), end(server));
    }

    private static InetSocketAddress end(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)),
                Integer.parseInt(text.substring(colon + 1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // The client's own row, in every way to write it
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 01 | ' 1000' | 1000",
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 01 | '    0' | 0",
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 01 | 4294967294 | 4294967294",
            "10.1.2.3:80      | 10.1.2.4:65535 | 0302010A:0050 0402010A:FFFF | 01 | ' 1000' | 1000",
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0000000000000000FFFF00000100007F:9C40 "
                    + "0000000000000000FFFF00000100007F:1F90 | 01 | ' 1000' | 1000",
            "[::1]:40000      | [::1]:8080     | 00000000000000000000000001000000:9C40 "
                    + "00000000000000000000000001000000:1F90 | 01 | ' 1000' | 1000",
            "[2001:db8::5:6]:1 | [2001:db8::7:8]:2 | B80D0120000000000000000006000500:0001 "
                    + "B80D0120000000000000000008000700:0002 | 01 | ' 7' | 7",
            // The server's own row is the other way round
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0100007F:1F90 0100007F:9C40 | 01 | ' 1000' | ",
            // Another port, another address, another family
            "127.0.0.1:40001  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 01 | ' 1000' | ",
            "127.0.0.1:40000  | 127.0.0.1:8081 | 0100007F:9C40 0100007F:1F90 | 01 | ' 1000' | ",
            "127.0.0.2:40000  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 01 | ' 1000' | ",
            "1.0.0.127:40000  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 01 | ' 1000' | ",
            "127.0.0.1:40000  | 127.0.0.2:8080 | 0100007F:9C40 0100007F:1F90 | 01 | ' 1000' | ",
            "[::1]:40000      | [::1]:8080     | 0100007F:9C40 0100007F:1F90 | 01 | ' 1000' | ",
            "127.0.0.1:40000  | 127.0.0.1:8080 | 00000000000000000000000001000000:9C40 "
                    + "00000000000000000000000001000000:1F90 | 01 | ' 1000' | ",
            "127.0.0.1:40000  | 127.0.0.1:8080 | 000000000000000000000000 0100007F:9C40 0100007F:"
                    + "1F90 | 01 | ' 1000' | ",
            // Every state but established
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 06 | '    0' | ",
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 02 | ' 1000' | ",
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 04 | ' 1000' | ",
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0100007F:9C40 0100007F:1F90 | 08 | ' 1000' | ",
            "127.0.0.1:40000  | 127.0.0.1:8080 | 0100007F:9C40 00000000:0000 | 0A | ' 1000' | "})
    void findsTheRowOfTheClient(String client, String server, String ends, String state, String uid,
            Long found) throws IOException {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN,
                "the rows of this test are little-endian");
        assertEquals(Stream.ofNullable(found).collect(Collectors.toSet()),
                uids(client, server, row(ends, state, uid)));
    }

    @Test
    void findsTheRowAmongOthersAndSurvivesNonsense() throws IOException {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN,
                "the rows of this test are little-endian");
        String mine = row("0100007F:9C40 0100007F:1F90", "01", " 1000");
        assertEquals(Set.of(1000L), uids("127.0.0.1:40000", "127.0.0.1:8080",
                "", "7:", row("0100007F:1F90 0100007F:9C40", "01", "    0"), mine,
                row("0100007F:9C40 0100007F:1F90", "06", "    0"), "   8: 0100007F:9C40 0100007F:1F90 01"));
        assertEquals(Set.of(), uids("127.0.0.1:40000", "127.0.0.1:8080"));
        assertEquals(Set.of(0L, 1000L), uids("127.0.0.1:40000", "127.0.0.1:8080", mine,
                row("0100007F:9C40 0100007F:1F90", "01", "    0")));
    }

    @Test
    void trustsNoRowThatTwoUsersHave() throws IOException {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN,
                "the rows of this test are little-endian");
        String own = row("0100007F:9C40 0100007F:1F90", "01", Long.toString(RealTextFiles.ownUid()));
        String other = row("0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000100007F:1F90",
                "01", "54321");
        SocketOwners tables = new SocketOwners.ProcTables(directory);
        Files.writeString(directory.resolve("tcp"), HEAD + "\n" + own + "\n");
        assertEquals(Owner.OWN, tables.of(end("127.0.0.1:40000"), end("127.0.0.1:8080")),
                "there is no table for IPv6");
        Files.writeString(directory.resolve("tcp6"), HEAD + "\n" + other + "\n");
        assertEquals(Owner.OTHER, tables.of(end("127.0.0.1:40000"), end("127.0.0.1:8080")));
        Files.writeString(directory.resolve("tcp"), HEAD + "\n");
        assertEquals(Owner.OTHER, tables.of(end("127.0.0.1:40000"), end("127.0.0.1:8080")));
        Files.writeString(directory.resolve("tcp6"), HEAD + "\n");
        assertEquals(Owner.ABSENT, tables.of(end("127.0.0.1:40000"), end("127.0.0.1:8080")));
    }

    @Test
    void saysWhenATableCannotBeRead() throws IOException {
        Files.createDirectory(directory.resolve("tcp"));
        assertThrows(IOException.class, () -> new SocketOwners.ProcTables(directory)
                .of(end("127.0.0.1:40000"), end("127.0.0.1:8080")));
    }

    private interface Check {
        void on(Socket client, Socket server) throws IOException;
    }

    private static boolean linux() {
        return "Linux".equals(System.getProperty("os.name"));
    }

    /** A connection to a server that listens there. */
    private static void connected(ServerSocket listening, InetAddress to, Check check) throws IOException {
        try (listening; Socket client = new Socket(to, listening.getLocalPort())) {
            listening.setSoTimeout(TIMEOUT_MS);
            try (Socket server = listening.accept()) {
                check.on(client, server);
            }
        }
    }

    private Owner of(Socket server) throws IOException {
        return owners.of((InetSocketAddress) server.getRemoteSocketAddress(),
                (InetSocketAddress) server.getLocalSocketAddress());
    }

    private void knowsItself(ServerSocket listening, InetAddress to) throws IOException {
        connected(listening, to, (client, server) -> {
            assertEquals(linux() ? Owner.OWN : Owner.UNSUPPORTED, of(server));
            InetSocketAddress other = new InetSocketAddress(to, client.getLocalPort() ^ 1);
            assertEquals(linux() ? Owner.ABSENT : Owner.UNSUPPORTED,
                    owners.of(other, (InetSocketAddress) server.getLocalSocketAddress()));
            client.close();
            assertEquals(linux() ? Owner.ABSENT : Owner.UNSUPPORTED, of(server), "the client is gone");
        });
    }

    @Test
    void knowsItsOwnSockets() throws IOException {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        knowsItself(new ServerSocket(0, 1, loopback), loopback);
    }

    @Test
    void knowsItsOwnSocketsBehindAServerOfBothFamilies() throws IOException {
        knowsItself(new ServerSocket(0), InetAddress.getByName("127.0.0.1"));
    }

    @Test
    void knowsItsOwnSocketsOfIpv6() throws IOException {
        InetAddress loopback = InetAddress.getByName("::1");
        ServerSocket listening;
        try {
            listening = new ServerSocket(0, 1, loopback);
        } catch (IOException e) {
            assumeTrue(false, "no IPv6 here: " + e.getMessage());
            return;
        }
        knowsItself(listening, loopback);
    }

    /** A client that can speak IPv4 only is in the other table. */
    @Test
    void knowsItsOwnSocketsOfIpv4Only() throws IOException {
        assumeTrue(linux(), "only on Linux");
        InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.INET).bind(any);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET)) {
            client.connect(listening.getLocalAddress());
            try (SocketChannel server = listening.accept()) {
                assertEquals(Owner.OWN, of(server.socket()));
            }
        }
    }

    @Test
    void knowsTheSocketsOfOthers() throws Exception {
        assumeTrue(linux(), "only on Linux");
        assumeTrue(RealTextFiles.ownUid() == 0, "only root becomes somebody else");
        assumeTrue(Stream.of("/usr/bin/setpriv", "/bin/bash")
                .allMatch(program -> Files.isExecutable(Path.of(program))), "no setpriv or no bash");
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            listening.setSoTimeout(TIMEOUT_MS);
            String script = "exec 3<>/dev/tcp/127.0.0.1/" + listening.getLocalPort() + "; read -r line <&3";
            Process stranger = new ProcessBuilder("/usr/bin/setpriv", "--reuid=" + STRANGER, "--clear-groups",
                    "/bin/bash", "-c", script).start();
            try (Socket server = listening.accept()) {
                assertEquals(Owner.OTHER, of(server));
            } finally {
                stranger.destroy();
                stranger.waitFor();
            }
        }
    }
}
