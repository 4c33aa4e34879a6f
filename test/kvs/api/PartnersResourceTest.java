package kvs.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import kvs.gateway.InMemoryApi;
import kvs.log.EncodedDocument;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.StoreHarness;
import kvs.store.UnstampedVersion;
import org.junit.jupiter.api.Test;

/** The partners of a site, as clients see them. */
class PartnersResourceTest {

    /** Two nodes that added their first partners at the same time made two ids; each link keeps its own. */
    @Test
    void partnerThatKnowsThisSiteByAnotherIdIsShownWithIt() {
        InMemoryApi api = new InMemoryApi();
        assertEquals(201, api.put("/admin/partners/one", "{\"zones\":[[\"a\"]]}").status());
        assertEquals(201, api.put("/admin/partners/two", "{\"zones\":[[\"a\"]]}").status());
        String before = api.get("/admin/partners/").body();
        assertFalse(before.contains("\"self\""), before);
        String two = api.get("/admin/partners/two").body();
        String link = two.replaceAll("(?s).*?\"link\":\"([^\"]*)\".*", "$1");
        UUID other = new UUID(7, 7);
        StoreHarness.act(api.node.store, tx -> tx.put(new UnstampedVersion(
                Key.ofBytes(("\0site/self/" + link).getBytes(StandardCharsets.UTF_8)),
                Optional.of(EncodedDocument.plain(("{\"id\":\"" + other + "\"}")
                        .getBytes(StandardCharsets.UTF_8))), Version.FOREVER, Version.NOBODY)));
        assertTrue(api.get("/admin/partners/two").body().contains("\"self\":\"" + other + "\""));
        assertFalse(api.get("/admin/partners/one").body().contains("\"self\""));
        String rotated = api.post("/admin/partners/two/rotate", "{\"new_secret\":true}").body();
        assertTrue(rotated.contains("\"site\":\"" + other + "\""), rotated);
    }
}
