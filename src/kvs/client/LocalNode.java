package kvs.client;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.auth.AdminTokenFile;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.log.DataDirectoryCheck;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/**
 * A node that runs on this machine. Its admin token goes to the address that it has noted in its own
 * directory, and only while a process has that directory open: another one may listen at that address later.
 *
 * @param directory its data directory
 * @param endpoint its address
 * @param token its admin token; empty where this user may not read it, or without accounts
 */
public record LocalNode(String directory, Endpoint endpoint, Optional<String> token) {

    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1", "[::1]");
    private static final String DATA_DIR = "KVS_DATA_DIR";
    private static final String DEFAULT = "data";

    /** The node in a directory; empty when none uses it. */
    public static Optional<LocalNode> in(Invocation invocation, String directory)
            throws MisuseException, IOException {
        Path path = Path.of(directory).toAbsolutePath().normalize();
        Optional<String> url = PathCheck.isDirectory(path) ? url(invocation, path) : Optional.empty();
        if (url.isEmpty()) {
            return Optional.empty();
        }
        FileDisk disk = FileDisk.open(path);
        if (!DataDirectoryCheck.inUse(disk)) {
            return Optional.empty();
        }
        return Optional.of(new LocalNode(path.toString(), Endpoint.list(url.get().strip()).get(0),
                token(disk)));
    }

    /** The address in a directory; a directory of another user has none for us. */
    private static Optional<String> url(Invocation invocation, Path directory) {
        try {
            return invocation.files().text(directory + "/" + LocalNodes.URL_FILE);
        } catch (IOException closed) {
            return Optional.empty();
        }
    }

    /** The admin token, if this user may read it; without it the node refuses and says what to do. */
    private static Optional<String> token(FileDisk disk) {
        try {
            return disk.list().contains(AdminTokenFile.NAME) ? Optional.of(AdminTokenFile.read(disk))
                    : Optional.empty();
        } catch (IOException closed) {
            return Optional.empty();
        }
    }

    /**
     * The node that a command without any endpoint asks: the one of {@code KVS_DATA_DIR} or of
     * {@code ./data}, else the only one that runs on this machine.
     */
    public static LocalNode only(Invocation invocation) throws CommandException, MisuseException,
            IOException {
        Optional<LocalNode> named = named(invocation);
        if (named.isPresent()) {
            return named.get();
        }
        List<LocalNode> found = all(invocation);
        if (found.size() == 1) {
            return found.get(0);
        }
        String way = "Name one by --endpoint URL, or sign in by 'kvs login URL'";
        throw found.isEmpty()
                ? new CommandException(ExitStatus.UNREACHABLE, "no node is named, and none of this user was"
                        + " found on this machine. " + way)
                : new CommandException(ExitStatus.UNREACHABLE, "several nodes run on this machine: "
                        + String.join(", ", found.stream().map(node -> node.endpoint.url()).toList()) + ". "
                        + way);
    }

    /** The node on this machine that listens at an endpoint. */
    public static Optional<LocalNode> at(Invocation invocation, Endpoint endpoint)
            throws MisuseException, IOException {
        if (!LOOPBACK.contains(endpoint.host())) {
            return Optional.empty();
        }
        Optional<LocalNode> named = named(invocation);
        List<LocalNode> candidates = new ArrayList<>(named.stream().toList());
        candidates.addAll(all(invocation));
        for (LocalNode node : candidates) {
            if (LOOPBACK.contains(node.endpoint.host()) && node.isAt(endpoint)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    /**
     * The node of {@code KVS_DATA_DIR}, else of {@code ./data} if that directory is of this user: anybody may
     * have written one into a working directory that others share.
     */
    private static Optional<LocalNode> named(Invocation invocation) throws MisuseException, IOException {
        Optional<String> directory = invocation.variable(DATA_DIR);
        if (directory.isPresent()) {
            return in(invocation, directory.get());
        }
        String data = invocation.files().absolute(DEFAULT);
        return invocation.files().ownDirectory(data) ? in(invocation, data) : Optional.empty();
    }

    /**
     * Refuses to send a token that is not the one of the directory to an address that nobody has named: only
     * the {@code ./data} of the working directory did, and the address is of another machine.
     */
    public void checkToken(Invocation invocation) throws MisuseException, IOException {
        boolean found = invocation.variable(DATA_DIR).isEmpty()
                && directory.equals(invocation.files().absolute(DEFAULT));
        if (found && !LOOPBACK.contains(endpoint.host())) {
            throw new MisuseException("the token was not sent: no node is named, and " + directory + " names "
                    + endpoint + ", which is not on this machine. Name the node by --endpoint URL, or the"
                    + " directory by " + DATA_DIR);
        }
    }

    /** Whether an endpoint means the address of this node; the names of the loopback interface are one. */
    public boolean isAt(Endpoint other) {
        return endpoint.port() == other.port() && endpoint.secure() == other.secure()
                && (endpoint.host().equals(other.host())
                        || LOOPBACK.contains(endpoint.host()) && LOOPBACK.contains(other.host()));
    }

    private static List<LocalNode> all(Invocation invocation) throws MisuseException, IOException {
        List<LocalNode> found = new ArrayList<>();
        for (String directory : new LocalNodes(invocation.files(), invocation.home()).serving()) {
            in(invocation, directory).ifPresent(found::add);
        }
        return found;
    }
}
