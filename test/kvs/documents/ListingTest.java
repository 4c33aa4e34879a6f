package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.store.Write;
import org.junit.jupiter.api.Test;

class ListingTest {

    private final LocalDocuments node = new LocalDocuments();

    @Test
    void showsKeysAndPrefixesOfOneLevel() {
        puts("a", "a/b", "a/b/c", "a/b/d", "a/x", "a!", "b/c", "z");
        assertEquals("[a, a!, z] [a/, b/]", all("", false, 10));
        assertEquals("[a/b, a/x] [a/b/]", all("a/", false, 10));
        assertEquals("[a/b/c, a/b/d] []", all("a/b/", false, 10));
        assertEquals("[] []", all("none/", false, 10));
        assertEquals("[] []", all("z/", false, 10));
    }

    @Test
    void recursionShowsAllDescendants() {
        puts("a", "a/b", "a/b/c", "b/c");
        assertEquals("[a, a/b, a/b/c, b/c] []", all("", true, 10));
        assertEquals("[a/b, a/b/c] []", all("a/", true, 10));
    }

    @Test
    void pagesMeetWithoutGapOrRepetition() {
        puts("a", "a!", "a/b", "a/c", "a0", "b/c/d", "b/e", "ü/ö", "ü/ä", "ü");
        for (int limit = 1; limit < 8; limit++) {
            assertEquals("[a, a!, a0, ü] [a/, b/, ü/]", all("", false, limit), "limit " + limit);
            assertEquals("[a, a!, a/b, a/c, a0, b/c/d, b/e, ü, ü/ä, ü/ö] []", all("", true, limit),
                    "limit " + limit);
        }
    }

    @Test
    void afterSomethingElsewhereStaysWithinThePrefix() {
        puts("ax", "b/c", "b/d", "c/e");
        assertEquals(List.of(), node.list("b/", false, 9, Optional.of("c/")).prefixes());
        assertEquals(2, node.list("b/", false, 9, Optional.of("a/")).keys().size());
        assertEquals(2, node.list("b/", true, 9, Optional.of("a")).keys().size());
    }

    @Test
    void nextIsTheLastThatWasShown() {
        puts("a", "b/c", "d");
        assertEquals(Optional.of("b/"), node.list("", false, 2, Optional.empty()).next());
        assertEquals(Optional.empty(), node.list("", false, 3, Optional.empty()).next());
        assertEquals(Optional.of("b/c"), node.list("", true, 2, Optional.empty()).next());
    }

    @Test
    void deadAreNotShownAndNeitherIsWhatHoldsOnlyThem() {
        puts("a/b", "c/d", "c/e");
        node.put("x/y", "1", 100);
        node.delete("a/b");
        node.delete("c/d");
        assertEquals("[] [c/, x/]", all("", false, 10));
        node.clock.advance(100);
        assertEquals("[] [c/]", all("", false, 10));
        assertEquals("[c/e] []", all("", true, 10));
    }

    @Test
    void keysOfOurOwnAreNotShown() {
        node.store.submit(new Write() {
            @Override
            public void decide(Transaction tx) {
                Key user = Key.ofBytes(new byte[] {0, 'u'});
                tx.put(new UnstampedVersion(user,
                        Optional.of(node.documents.document(LocalDocuments.bytes("1"))), Version.FOREVER,
                        LocalDocuments.ANN));
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal);
            }

            @Override
            public int bytes() {
                return 1;
            }
        });
        node.put("a", "1");
        assertEquals("[a] []", all("", false, 10));
        assertEquals("[a] []", all("", true, 10));
        assertEquals(new PrefixTotals(1, 2),
                PrefixTotals.below(node.store.root(), new byte[0], node.clock.wallMs()).orElseThrow());
        assertEquals(1, RangePage.page(node.store.root(), new RangePage.RangeQuery(new byte[0],
                Optional.empty(), Optional.empty(), RangePage.TimeSpan.ALL, 10),
                node.clock.wallMs(), node.access.on(node.store.root())).entries().size());
    }

    @Test
    void pageEndsAtItsBytes() {
        String large = '"' + "x".repeat(LocalDocuments.DOCUMENT_MAX - 2) + '"';
        int fit = DocumentLimits.PAGE_BYTES_MAX / LocalDocuments.DOCUMENT_MAX;
        List<Operation> ops = new ArrayList<>();
        for (int i = 0; i < fit + 10; i++) {
            ops.add(node.putOp(String.format("k%05d", i), large, ExpiryPolicy.NEVER, Preconditions.NONE));
        }
        node.done(node.documents.batch(ops, true, node.access));
        Listing.Query query = new Listing.Query(new byte[0], true, true, DocumentLimits.PAGE_MAX,
                Optional.empty());
        Listing.Page page = Listing.page(node.store.root(), query, node.clock.wallMs(),
                node.access.on(node.store.root()));
        assertTrue(page.keys().size() <= fit && page.keys().size() > fit / 2,
                page.keys().size() + " of " + fit);
        assertTrue(page.next().isPresent());
        assertEquals(fit + 10, node.list("", true, DocumentLimits.PAGE_MAX, Optional.empty()).keys().size());
    }

    private void puts(String... paths) {
        for (String path : paths) {
            node.put(path, "1");
        }
    }

    /** All pages of that size together. */
    private String all(String prefix, boolean recurse, int limit) {
        List<String> keys = new ArrayList<>();
        List<String> prefixes = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            Listing.Page page = node.list(prefix, recurse, limit, after);
            page.keys().forEach(entry -> keys.add(RangePage.path(entry)));
            prefixes.addAll(page.prefixes());
            after = page.next();
        } while (after.isPresent());
        return keys + " " + prefixes;
    }
}
