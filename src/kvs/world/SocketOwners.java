package kvs.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The interface to the operating system's table of sockets: finds the owner of the other end of a connection
 * within this machine. Thread-safe.
 */
public interface SocketOwners {

    /** The owner of a socket. */
    enum Owner {
        /** The user of this process. */
        OWN,
        /** Another user. */
        OTHER,
        /** No owner: there is no such connection, or its client is on another machine or behind a proxy. */
        ABSENT,
        /** Unknown: this operating system is not supported. */
        UNSUPPORTED
    }

    /**
     * The owner of the client's end of a connection that is open at this moment; the cost grows with the
     * number of sockets of the machine. After an {@code IOException} the owner is unknown, and the client is
     * to be treated as a stranger.
     *
     * @param client the address that the server sees
     * @param server the server's own end of the same connection
     */
    Owner of(InetSocketAddress client, InetSocketAddress server) throws IOException;

    /**
     * The sockets of this machine: on Linux from its tables, even where these are unreadable; elsewhere
     * unsupported.
     */
    static SocketOwners real() {
        return "Linux".equals(System.getProperty("os.name")) ? new ProcTables(Path.of("/proc/self/net"))
                : (client, server) -> Owner.UNSUPPORTED;
    }

    /**
     * The socket tables of the Linux kernel, see proc_pid_net(5). A container sees the sockets of its own
     * network only.
     */
    final class ProcTables implements SocketOwners {

        /**
         * Number of attempts: a long table is read in pieces, and a socket may be missed when its neighbours
         * close meanwhile.
         */
        private static final int LOOKS = 3;
        private static final int LOCAL = 1;
        private static final int REMOTE = 2;
        private static final int STATE = 3;
        private static final int UID = 7;
        /** Sockets in other states may have lost their owner: their rows show uid 0. */
        private static final String ESTABLISHED = "01";

        private final Path directory;

        ProcTables(Path directory) {
            this.directory = directory;
        }

        @Override
        public Owner of(InetSocketAddress client, InetSocketAddress server) throws IOException {
            for (int look = 0; look < LOOKS; look++) {
                Set<Long> uids = new HashSet<>();
                for (String table : List.of("tcp", "tcp6")) {
                    uids.addAll(look(table, client, server));
                }
                if (!uids.isEmpty()) {
                    return uids.equals(Set.of(RealTextFiles.ownUid())) ? Owner.OWN : Owner.OTHER;
                }
            }
            return Owner.ABSENT;
        }

        /** The owners in one table; a kernel without IPv6 has no table for it. */
        private Set<Long> look(String table, InetSocketAddress client, InetSocketAddress server)
                throws IOException {
            try (Stream<String> rows = Files.lines(directory.resolve(table), StandardCharsets.ISO_8859_1)) {
                return uids(rows, client, server);
            } catch (NoSuchFileException none) {
                return Set.of();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }

        /**
         * The owners of the client's end of a connection in the rows of a table: one, or none. A pure
         * function.
         *
         * <pre>{@code
         *   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         *    0: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 4711 …
         * }</pre>
         * Addresses are printed as one (IPv4) or four (IPv6) words of the machine's byte order, here
         * little-endian; a socket that can use both uses IPv4 as ::ffff:a.b.c.d.
         */
        static Set<Long> uids(Stream<String> rows, InetSocketAddress client, InetSocketAddress server) {
            Set<String> local = forms(client);
            Set<String> remote = forms(server);
            return rows.filter(row -> local.stream().anyMatch(row::contains))
                    .map(row -> row.strip().split("\\s+")).filter(row -> row.length > UID && row[STATE]
                    .equals(ESTABLISHED) && local.contains(row[LOCAL]) && remote.contains(row[REMOTE]))
                    .map(row -> Long.parseLong(row[UID])).collect(Collectors.toSet());
        }

        private static Set<String> forms(InetSocketAddress address) {
            byte[] bytes = address.getAddress().getAddress();
            String port = String.format(Locale.ROOT, ":%04X", address.getPort());
            if (bytes.length > Integer.BYTES) {
                return Set.of(words(bytes) + port);
            }
            byte[] mapped = ByteBuffer.allocate(16).putShort(10, (short) 0xffff).position(12)
                    .put(bytes).array();
            return Set.of(words(bytes) + port, words(mapped) + port);
        }

        private static String words(byte[] address) {
            ByteBuffer words = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
            StringBuilder text = new StringBuilder();
            while (words.hasRemaining()) {
                text.append(String.format(Locale.ROOT, "%08X", words.getInt()));
            }
            return text.toString();
        }
    }
}
