package kvs.bundle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.store.StoreView;
import kvs.store.Transaction;

/**
 * The records of a link that its id names. Two nodes of a site that add a partner of the same name, or make a
 * new secret, at the same time overwrite nothing of each other:
 *
 * <pre>
 *   0 "site/self/"    link            {"id":uuid}: the id of the site in that link
 *   0 "site/added/"   link            {"name":name,"partner":{@link Partner}} as it was added
 *   0 "site/secret/"  link "/" uuid   {"secret":base64url(32),"at":ms}: a later secret, by UUIDv3 of it;
 *                                     deleted once it is not valid any more
 * </pre>
 * Records of an older program are absent: the record of the partner says the same then. An older program
 * that removes a partner removes the first one only. Never change these
 * names. Of one state of the store.
 */
final class LinkRecords {

    private static final String SELF = "\0site/self/";
    private static final String ADDED = "\0site/added/";
    private static final String SECRET = "\0site/secret/";
    private static final int DEPTH_MAX = 6;
    /** Characters of a link id that tell two partners of the same name apart. */
    private static final int SUFFIX = 8;

    private final StoreView view;

    /** A secret and the time from which it was valid, Unix ms. */
    private record DatedSecret(byte[] secret, long atMs) {

        private static final Comparator<DatedSecret> NEWEST_FIRST = Comparator
                .comparingLong(DatedSecret::atMs).thenComparing(DatedSecret::secret, Arrays::compare)
                .reversed();
    }

    /** The records in that state. */
    LinkRecords(StoreView view) {
        this.view = view;
    }

    /** The key of the record of this site's id in a link. */
    static Key self(UUID link) {
        return SiteRecord.key(SELF + link);
    }

    /**
     * The partners that were added, but whose name another node gave to a partner of its own at the same
     * time: each under its name and the start of its link's id.
     *
     * @param present those that have their name
     */
    List<Partner> renamed(List<Partner> present) {
        Set<Key> named = new HashSet<>();
        present.forEach(partner -> named.add(SiteRecord.key(ADDED + partner.link())));
        List<Partner> lost = new ArrayList<>();
        for (Key key : SiteRecord.keys(view, ADDED)) {
            if (named.contains(key)) {
                continue;
            }
            try {
                JsonValue json = JsonValue.parse(SiteRecord.data(view, key), DEPTH_MAX);
                String name = Partner.member(json, "name").string();
                Partner partner = Partner.decode(name, Partner.member(json, "partner").raw());
                boolean removed = view.find(self(partner.link())).filter(entry -> !entry.deleted()).isEmpty();
                if (!removed) {
                    lost.add(valid(partner.named(name.substring(0, Math.min(name.length(),
                            Partner.NAME_MAX - SUFFIX - 1)) + "."
                            + partner.link().toString().substring(0, SUFFIX))));
                }
            } catch (JsonException | IllegalArgumentException e) {
                throw SiteRecord.malformed(key);
            }
        }
        return lost;
    }

    /** A partner with the secrets that are valid now, the newest one first. */
    Partner valid(Partner partner) {
        List<DatedSecret> dated = new ArrayList<>(made(partner.link()));
        for (int i = 0; i < partner.secrets().size(); i++) {
            byte[] secret = partner.secrets().get(i);
            if (view.find(key(partner.link(), secret)).isEmpty()) {
                dated.add(new DatedSecret(secret, partner.addedMs() - i));
            }
        }
        dated.sort(DatedSecret.NEWEST_FIRST);
        List<byte[]> newest = dated.stream().map(DatedSecret::secret).limit(Partner.SECRETS_MAX).toList();
        return newest.isEmpty() ? partner : partner.with(newest);
    }

    private List<DatedSecret> made(UUID link) {
        List<DatedSecret> made = new ArrayList<>();
        for (Key key : SiteRecord.keys(view, SECRET + link + "/")) {
            try {
                JsonValue json = JsonValue.parse(SiteRecord.data(view, key), DEPTH_MAX);
                made.add(new DatedSecret(Partner.secret(Partner.member(json, "secret")),
                        Partner.member(json, "at").asLong()));
            } catch (JsonException e) {
                throw SiteRecord.malformed(key);
            }
        }
        return made;
    }

    /** Writes the records of a partner that is added. */
    static void add(Transaction tx, Partner partner, UUID self) {
        SiteRecord.put(tx, self(partner.link()), new JsonWriter().object().field("id", self.toString()).end()
                .toBytes());
        SiteRecord.put(tx, SiteRecord.key(ADDED + partner.link()), new JsonWriter().object()
                .field("name", partner.name()).name("partner").raw(partner.encode()).end().toBytes());
    }

    /** Writes the change from one list of valid secrets to another one. */
    static void rekey(Transaction tx, Partner before, Partner after) {
        byte[] first = after.secrets().get(0);
        if (!Arrays.equals(first, before.secrets().get(0))) {
            long last = new LinkRecords(tx).made(after.link()).stream().mapToLong(DatedSecret::atMs).max()
                    .orElse(after.addedMs());
            SiteRecord.put(tx, key(after.link(), first), new JsonWriter().object()
                    .field("secret", Partner.text(first)).field("at", Math.max(tx.wallMs(), last + 1)).end()
                    .toBytes());
        }
        // A deletion of a secret without a record too: another node may be writing the old list.
        before.secrets().stream()
                .filter(old -> after.secrets().stream().noneMatch(kept -> Arrays.equals(old, kept)))
                .forEach(old -> SiteRecord.delete(tx, key(after.link(), old)));
    }

    /** The present records of a link, for its removal. */
    List<Key> keys(UUID link) {
        List<Key> keys = new ArrayList<>(SiteRecord.keys(view, SECRET + link + "/"));
        for (Key key : List.of(self(link), SiteRecord.key(ADDED + link))) {
            view.find(key).filter(entry -> !entry.deleted()).ifPresent(entry -> keys.add(key));
        }
        return keys;
    }

    private static Key key(UUID link, byte[] secret) {
        return SiteRecord.key(SECRET + link + "/" + UUID.nameUUIDFromBytes(secret));
    }
}
