package kvs.bench;

import java.io.IOException;
import java.util.List;
import kvs.load.LoadClient;

/** One contender of a comparison: a server and its load, with a name for the report. */
final class BenchSide implements AutoCloseable {

    static final int CONNECTIONS = 32;

    final String name;
    final BenchServer node;
    final int connections;
    private final LoadClient load;

    /** A load over {@value #CONNECTIONS} connections. */
    BenchSide(String name, BenchServer node, List<byte[]> requests) throws IOException {
        this(name, node, requests, CONNECTIONS);
    }

    BenchSide(String name, BenchServer node, List<byte[]> requests, int connections) throws IOException {
        this(name, node, connections, new LoadClient(node.port(), requests, connections));
    }

    /** A side with this load of so many connections. */
    BenchSide(String name, BenchServer node, int connections, LoadClient load) {
        this.name = name;
        this.node = node;
        this.connections = connections;
        this.load = load;
    }

    /** The result of a round: good responses a second, CPU of node and client in microseconds a response. */
    record Round(double rate, double nodeMicros, double clientMicros, LoadClient.Result result) { }

    /** Runs the load as fast as the node responds. */
    Round round(long ms) throws IOException {
        double cpu = node.cpuSeconds();
        return round(load.run(ms), cpu);
    }

    /** Runs the load with so many requests a second. */
    Round paced(int perSecond, long ms) throws IOException {
        double cpu = node.cpuSeconds();
        return round(load.paced(perSecond, ms), cpu);
    }

    private Round round(LoadClient.Result result, double cpuBefore) throws IOException {
        double micros = (node.cpuSeconds() - cpuBefore) * 1e6 / Math.max(1, result.answered());
        return new Round(result.perSecond(), micros, result.cpuMicros(), result);
    }

    @Override
    public void close() throws IOException {
        load.close();
    }
}
