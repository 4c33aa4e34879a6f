package kvs.cluster;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.store.Store;
import kvs.tree.DiffMessage;
import kvs.tree.Entry;
import kvs.tree.RangeDiff;
import kvs.tree.Tree;

/** What other nodes may ask about the data of this one: what differs, and versions. Each answer is of one root. Thread-safe. */
final class PeerData {

    private final Store store;

    PeerData(Store store) {
        this.store = store;
    }

    /** The answer to a {@link DiffMessage}. */
    CompletionStage<PeerService.Answer> diff(byte[] body) {
        try {
            DiffMessage request = DiffMessage.decode(body);
            return done(PeerService.Answer.ok(RangeDiff.answer(store.root().tree(), request).encode()));
        } catch (DiffMessage.Malformed e) {
            return done(PeerService.Answer.of(400));
        }
    }

    /** The present versions of keys, as far as they fit into a page; those that are not here, or unreadable, are passed over. */
    CompletionStage<PeerService.Answer> fetch(byte[] body) {
        Optional<List<byte[]>> keys = Frames.keys(body);
        if (keys.isEmpty()) {
            return done(PeerService.Answer.of(400));
        }
        Tree tree = store.root().tree();
        Frames.Filling page = new Frames.Filling();
        int spoken = 0;
        while (spoken < keys.get().size() && !page.full()) {
            Optional<Entry> entry = tree.get(keys.get().get(spoken++));
            entry.flatMap(store::frame).ifPresent(page::add);
        }
        return done(PeerService.Answer.ok(page.encode(spoken)));
    }

    private static CompletionStage<PeerService.Answer> done(PeerService.Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
