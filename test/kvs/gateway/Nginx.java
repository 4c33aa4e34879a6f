package kvs.gateway;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kvs.jar.Shell;

/**
 * An nginx of its own in a temporary directory, where it is installed: it answers 200 to what it takes for a
 * request, or hands it on.
 */
final class Nginx implements AutoCloseable {

    private static final int TRIES = 500;

    private final Process process;
    private final Path directory;
    private final InetSocketAddress address;

    private Nginx(Path program, Path directory, int port, String location) throws IOException {
        this.directory = directory;
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Files.writeString(directory.resolve("nginx.conf"), """
                daemon off; master_process off; pid DIR/pid; error_log DIR/error.log crit; worker_rlimit_nofile 4096;
                events { worker_connections 1024; }
                http {
                  access_log off; client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi;
                  uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi; large_client_header_buffers 4 32k; client_max_body_size 10m;
                  client_header_timeout 1s; client_body_timeout 1s; keepalive_timeout 1s; send_timeout 1s; lingering_timeout 1s;
                  server { listen 127.0.0.1:PORT; location / { LOCATION } }
                }
                """.replace("LOCATION", location).replace("DIR", directory.toString())
                .replace("PORT", Integer.toString(port)));
        this.process = new ProcessBuilder(program.toString(), "-p", directory.toString(), "-c",
                directory.resolve("nginx.conf").toString())
                .redirectErrorStream(true).redirectOutput(directory.resolve("out").toFile()).start();
    }

    /** The first program of that name on the PATH. */
    static Optional<Path> program() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(place -> Path.of(place, "nginx")).filter(Files::isExecutable).findFirst();
    }

    /** Starts it and waits until it listens. */
    static Nginx start(Path program) throws IOException, InterruptedException {
        return start(program, "return 200 \"ok\";");
    }

    /** The same in front of a server, with the defaults of a proxy. */
    static Nginx before(Path program, String url) throws IOException, InterruptedException {
        return start(program, "proxy_pass " + url + ";");
    }

    private static Nginx start(Path program, String location) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Nginx nginx = new Nginx(program, Files.createTempDirectory("kvs-nginx"), port, location);
        for (int i = 0; i < TRIES && !nginx.listens(); i++) {
            if (nginx.process.waitFor(20, TimeUnit.MILLISECONDS)) {
                throw new IOException("nginx ended: " + Files.readString(nginx.directory.resolve("out")));
            }
        }
        return nginx;
    }

    private boolean listens() {
        try (Socket probe = new Socket(address.getAddress(), address.getPort())) {
            return probe.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        Shell.await(process);
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(java.util.Comparator.reverseOrder()).toList();
        }
        for (Path one : all) {
            Files.delete(one);
        }
    }
}
