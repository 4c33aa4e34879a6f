package kvs.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import kvs.bundle.BundleHead;
import kvs.bundle.BundleMaker;
import kvs.bundle.BundleMerge;
import kvs.bundle.BundleVerification;
import kvs.bundle.Partner;
import kvs.bundle.RejectedBundleException;
import kvs.bundle.SiteRecords;
import kvs.bundle.Statements;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.NodeMode;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.TransactionWrite;
import kvs.world.Disk;
import kvs.world.DiskFile;

/** A site of one to three whole nodes in a simulation, and the files that each of them makes and takes. */
class SimSite {

    private static final byte[] SECRET = new byte[Partner.SECRET_BYTES];

    final int index;
    final UUID id;
    final SimCluster cluster;
    final List<String> ids = new ArrayList<>();

    SimSite(int index, SimCluster cluster) {
        this.index = index;
        this.id = new UUID(index + 1, index + 1);
        this.cluster = cluster;
    }

    /** Starts so many nodes, which know each other. */
    SimSite begin(int nodes) {
        for (int i = 0; i < nodes; i++) {
            ids.add(Character.toString('a' + i));
            cluster.start(i == 0 ? new Start("a") : new Start(ids.get(i), "a", ids.get(i - 1)));
        }
        return this;
    }

    String name() {
        return "s" + index;
    }

    Node node(String node) {
        return cluster.nodes.get(node);
    }

    /** The nodes that may make and merge files: whole and settled. */
    List<Node> ready() {
        return cluster.nodes.values().stream().filter(node -> node.up && !node.frozen
                && node.mode == NodeMode.NORMAL && node.coverageTracker.shown().isPresent()).toList();
    }

    /** Makes two sites partners, at one node each. */
    static void link(SimSite one, SimSite other, List<Zone> zones, boolean back) throws IOException {
        UUID link = new UUID(one.index, other.index + 100);
        one.add(new Partner(other.name(), link, List.of(SECRET), other.id, zones, true, back,
                one.cluster.clock.wallMs()));
        other.add(new Partner(one.name(), link, List.of(SECRET), one.id, zones, back, true,
                other.cluster.clock.wallMs()));
    }

    private void add(Partner partner) throws IOException {
        run(node("a"), new TransactionWrite<>(SiteRecords.BYTES, tx -> SiteRecords.add(tx, partner, id)));
    }

    /** Does a write at once; {@code IOException} when it is refused. */
    static <T> T run(Node node, TransactionWrite<T> write) throws IOException {
        node.store.submit(write);
        return done(node.store, write.done());
    }

    private static <T> T done(Store store, CompletableFuture<T> done) throws IOException {
        while (!done.isDone() && store.step()) {
            continue;
        }
        if (!done.isDone() || done.isCompletedExceptionally()) {
            throw new IOException("refused: " + done);
        }
        return done.join();
    }

    static BundleMerge.WriteRunner runner(Node node) {
        return new BundleMerge.WriteRunner() {
            @Override
            public <T> T run(TransactionWrite<T> write) throws IOException {
                return SimSite.run(node, write);
            }
        };
    }

    Optional<Partner> partner(Node node, SimSite other) {
        return new SiteRecords(node.store.root()).partner(other.name());
    }

    /** A file of what a node has, as a running node makes it. */
    byte[] make(Node node, BundleHead.Kind kind, SimSite to, boolean full) throws IOException {
        Partner partner = partner(node, to).orElseThrow();
        long number = run(node, new TransactionWrite<>(100, tx -> SiteRecords.takeNumber(tx, partner)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BundleHead head;
        try (BundleMaker maker = new BundleMaker(node.store)) {
            if (kind == BundleHead.Kind.BUNDLE) {
                maker.check(partner);
            }
            long now = node.clock.wallMs();
            Optional<Statements> said = full ? Optional.empty()
                    : Optional.of(new SiteRecords(node.store.root()).statements(partner));
            UUID self = new SiteRecords(node.store.root()).self(partner).orElseThrow();
            head = maker.head(new BundleMaker.Request(kind, partner, self, number, now,
                    maker.completeUntil(partner, now, node.replication.coveredMs())), said, cluster.dice);
            maker.write(head, partner, out, looked -> { });
        }
        if (kind == BundleHead.Kind.BUNDLE && (!partner.receives() || ids.size() > 1)) {
            run(node, new TransactionWrite<>(SiteRecords.BYTES,
                    tx -> SiteRecords.delivered(tx, partner, head)));
        }
        return out.toByteArray();
    }

    BundleVerification.Result verify(Node node, byte[] file) throws IOException, RejectedBundleException {
        DiskFile disk = new SimDisk(cluster.dice).open("file", Disk.Mode.CREATE);
        disk.write(ByteBuffer.wrap(file), 0);
        return new BundleVerification(node.store, node.clock.wallMs()).run(disk, read -> { });
    }

    /** Merges a file that is not refused. */
    BundleMerge.Summary merge(Node node, byte[] file) throws IOException, RejectedBundleException {
        return new BundleMerge(node.store, runner(node), verify(node, file), node.clock.wallMs())
                .run(read -> { });
    }

    /** Takes what a partner says in a file. */
    void hear(Node node, byte[] file) throws IOException, RejectedBundleException {
        run(node, BundleMerge.statement(verify(node, file)));
    }

    /** Writes a document, or a tombstone without text, at once. */
    Version write(Node node, String path, String json, long ttlMs) throws IOException {
        return done(node.store, node.write(path, json, ttlMs));
    }
}
