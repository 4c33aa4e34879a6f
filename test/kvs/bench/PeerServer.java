package kvs.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import kvs.jar.Shell;

/** Another store or server of this machine, started for a comparison on a port of its own. */
record PeerServer(int port, Process process) implements BenchServer {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Starts a command in a directory, and waits until the port is open. */
    static PeerServer start(Path directory, int port, List<String> command) throws IOException {
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(command).directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        PeerServer server = new PeerServer(port, process);
        long begin = System.nanoTime();
        while (!isOpen(port)) {
            if (!process.isAlive() || System.nanoTime() - begin > PATIENCE_NANOS) {
                server.close();
                throw new IOException(command.get(0) + " did not start: see " + log);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return server;
    }

    private static boolean isOpen(int port) {
        try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return open.isConnected();
        } catch (IOException closed) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        Shell.await(process);
    }
}
