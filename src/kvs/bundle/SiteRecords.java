package kvs.bundle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.recovery.StoreNotes;
import kvs.store.NoteWrites;
import kvs.store.StoreView;
import kvs.store.Transaction;

/**
 * The records that a site keeps of itself and of its partners. They are reserved keys, so that every node of
 * the site has them; they are in no zone, and never travel.
 *
 * <pre>
 *   0 "site/id"              {"id":uuid,"at":ms}        random, made with the first partner
 *   0 "site/partner/" name   {@link Partner}
 *   0 "site/said/"    name   {@link Statements} of a directory that no node has opened yet
 *   0 "site/said/"    name "/" id   those of a node, by UUIDv3 of its node id
 * </pre>
 * Those of a link are {@link LinkRecords}. The number of the last bundle for a partner is a note of the
 * directory that made it, because it is only for people, and a version more would be one that a partner has
 * not seen:
 * <pre>
 *   bundle/LINK    u64
 * </pre>
 * The last bundles are notes too: {@link MadeBundle}.
 * Never change these names. Of one state of the store.
 */
public final class SiteRecords {

    /** Estimated size of a write of two records. */
    public static final int BYTES = 8_192;
    /** The most partners of a site. */
    static final int PARTNERS_MAX = 64;
    private static final Key ID = SiteRecord.key("\0site/id");
    private static final String NUMBER = "bundle/";
    private static final String PARTNER = "\0site/partner/";
    private static final String SAID = "\0site/said/";
    private static final int DEPTH_MAX = 2;

    private final StoreView view;

    /** A parser of a member of a record, which may be malformed. */
    @FunctionalInterface
    private interface FieldParser<T> {
        T of(JsonValue value) throws JsonException;
    }

    /** The records in that state. */
    public SiteRecords(StoreView view) {
        this.view = view;
    }

    /** The id of this site; empty before it has a partner. */
    public Optional<UUID> id() {
        return id(ID);
    }

    /** The id by which a partner knows this site. */
    public Optional<UUID> self(Partner partner) {
        return id(LinkRecords.self(partner.link())).or(this::id);
    }

    /** All ids by which partners know this site. */
    Set<UUID> ids() {
        Set<UUID> ids = new HashSet<>();
        id().ifPresent(ids::add);
        partners().forEach(partner -> self(partner).ifPresent(ids::add));
        return ids;
    }

    private Optional<UUID> id(Key key) {
        return field(key, "id", json -> AsciiParsers.uuid(json.string())
                .orElseThrow(() -> json.wrong("no id")));
    }

    /**
     * The partners by name. Where two nodes gave one name to two partners at the same time, one of them has
     * that name and the start of its link's id.
     */
    public List<Partner> partners() {
        LinkRecords links = new LinkRecords(view);
        List<Partner> partners = new ArrayList<>();
        for (Key key : SiteRecord.keys(view, PARTNER)) {
            try {
                partners.add(links.valid(Partner.decode(key.text().substring(PARTNER.length()),
                        SiteRecord.data(view, key))));
            } catch (IllegalArgumentException e) {
                throw SiteRecord.malformed(key);
            }
        }
        partners.addAll(links.renamed(partners));
        return partners;
    }

    /** The partner of that name. */
    public Optional<Partner> partner(String name) {
        return partners().stream().filter(partner -> partner.name().equals(name)).findFirst();
    }

    /** The partner with that link. */
    Optional<Partner> partner(UUID link) {
        return partners().stream().filter(partner -> partner.link().equals(link)).findFirst();
    }

    /** The number of the last bundle that a directory made for a partner, 0 for none. */
    public static long lastNumber(StoreNotes notes, Partner partner) {
        return notes.number(NUMBER + partner.link()).orElse(0L);
    }

    /**
     * Adds a partner, and makes the id of the site with the first one; that id.
     *
     * @param fresh a random id, which becomes that of the site if it has none
     * @throws Refusal when it does not fit the other partners, with what to do
     */
    public static UUID add(Transaction tx, Partner partner, UUID fresh) {
        SiteRecords records = new SiteRecords(tx);
        List<Partner> others = records.partners();
        Optional<UUID> known = records.id();
        if (others.size() == PARTNERS_MAX) {
            throw new Refusal(Reason.LIMIT_REACHED, "a site has at most " + PARTNERS_MAX + " partners");
        }
        if (records.ids().contains(partner.site())) {
            throw new Refusal(Reason.BAD_REQUEST, "the link file was made by this site: use it at the other"
                    + " one");
        }
        for (Partner other : others) {
            if (other.name().equals(partner.name()) || other.link().equals(partner.link())) {
                throw new Refusal(Reason.BAD_REQUEST, "there is a partner " + other.name() + " already"
                        + (other.name().equals(partner.name()) ? "" : ", with the same link")
                        + ": remove it first, or take another name");
            }
            partner.overlapWith(other).ifPresent(both -> {
                throw new Refusal(Reason.BAD_REQUEST, both + " of partner " + other.name()
                        + ": zones must be equal, or have no key in common");
            });
        }
        UUID id = known.orElse(fresh);
        if (known.isEmpty()) {
            SiteRecord.put(tx, ID, new JsonWriter().object().field("id", id.toString())
                    .field("at", tx.wallMs()).end().toBytes());
        }
        partner.zones().forEach(zone -> NoteWrites.addZone(tx, zone));
        LinkRecords.add(tx, partner, id);
        SiteRecord.put(tx, SiteRecord.key(PARTNER + partner.name()), partner.encode());
        return id;
    }

    /** Changes the secrets of the link to a partner; the partner then, if there is one of that name. */
    public static Optional<Partner> rekey(Transaction tx, String name, UnaryOperator<Partner> change) {
        Optional<Partner> known = new SiteRecords(tx).partner(name);
        Optional<Partner> changed = known.map(change);
        changed.ifPresent(partner -> {
            LinkRecords.rekey(tx, known.get(), partner);
            SiteRecord.put(tx, SiteRecord.key(PARTNER + partner.name()), partner.encode());
        });
        return changed;
    }

    /** Removes a partner; whether there was one of that name. */
    public static boolean remove(Transaction tx, String name) {
        SiteRecords records = new SiteRecords(tx);
        Optional<Partner> known = records.partner(name);
        if (known.isEmpty()) {
            return false;
        }
        List<Key> keys = new ArrayList<>(records.said(name));
        Key named = SiteRecord.key(PARTNER + name);
        tx.find(named).filter(entry -> !entry.deleted()).ifPresent(entry -> keys.add(named));
        keys.addAll(new LinkRecords(tx).keys(known.get().link()));
        keys.forEach(key -> SiteRecord.delete(tx, key));
        forgetLinks(tx, records.partners().stream().filter(partner -> !partner.name().equals(name)).toList());
        return true;
    }

    /**
     * Removes the notes of this directory about bundles of links that are no more, up to 3 MB each: another
     * node may have removed their partner.
     */
    private static void forgetLinks(Transaction tx, List<Partner> partners) {
        Set<String> links = new HashSet<>();
        partners.forEach(partner -> links.add(partner.link().toString()));
        List.copyOf(tx.notes().all().keySet()).stream()
                .filter(note -> note.startsWith(MadeBundle.NOTES) || note.startsWith(DeltaStart.NOTES))
                .filter(note -> !links.contains(note.split("/", -1)[1]))
                .forEach(note -> tx.note(note, new byte[0]));
    }

    /** Takes the next number of a bundle for a partner; what it says of purges is right from now on. */
    public static long takeNumber(Transaction tx, Partner partner) {
        noteZones(tx);
        forgetLinks(tx, new SiteRecords(tx).partners());
        long number = lastNumber(tx.notes(), partner) + 1;
        tx.note(NUMBER + partner.link(), StoreNotes.number(number));
        return number;
    }

    /** The knowledge of a partner. */
    public Statements statements(Partner partner) {
        Statements all = Statements.none(partner);
        for (Key key : said(partner.name())) {
            try {
                all = all.and(Statements.decode(partner, SiteRecord.data(view, key)));
            } catch (JsonException | IllegalArgumentException e) {
                throw SiteRecord.malformed(key);
            }
        }
        return all;
    }

    /** The records of what nodes know of the partner of that name. */
    private List<Key> said(String name) {
        Key plain = SiteRecord.key(SAID + name);
        List<Key> keys = new ArrayList<>();
        view.find(plain).filter(entry -> !entry.deleted()).ifPresent(entry -> keys.add(plain));
        keys.addAll(SiteRecord.keys(view, SAID + name + "/"));
        return keys;
    }

    /**
     * Changes the knowledge of a partner, in the record of this node; false when the partner was removed, and
     * then nothing is changed, even if another one has its name now.
     */
    static boolean change(Transaction tx, Partner partner, UnaryOperator<Statements> change) {
        SiteRecords records = new SiteRecords(tx);
        Optional<Partner> known = records.partner(partner.link());
        known.ifPresent(present -> SiteRecord.put(tx, own(tx, present.name()),
                change.apply(records.statements(present)).encode()));
        return known.isPresent();
    }

    private static Key own(Transaction tx, String name) {
        return SiteRecord.key(SAID + name + tx.notes().find(StoreNotes.NODE)
                .map(node -> "/" + UUID.nameUUIDFromBytes(node)).orElse(""));
    }

    /**
     * Notes the zones of all partners: another node may have added a partner, and from now on its purges here
     * count by zone.
     */
    static void noteZones(Transaction tx) {
        for (Partner partner : new SiteRecords(tx).partners()) {
            partner.zones().forEach(zone -> NoteWrites.addZone(tx, zone));
        }
    }

    /**
     * Takes the partner of that name for one that has lost what it had, after its site was put back: its
     * files are taken as those of a stranger. False when there is none.
     */
    public static boolean reset(Transaction tx, String name) {
        Optional<Partner> known = new SiteRecords(tx).partner(name);
        if (known.isPresent()) {
            SiteRecords records = new SiteRecords(tx);
            byte[] forgotten = records.statements(known.get()).reset().encode();
            Set<Key> keys = new HashSet<>(records.said(name));
            keys.add(own(tx, name));
            keys.forEach(key -> SiteRecord.put(tx, key, forgotten));
        }
        return known.isPresent();
    }

    /**
     * Notes that a bundle for a partner was made, and can be read: of a partner that never answers, and at a
     * site of several nodes. False when the partner was removed.
     */
    public static boolean delivered(Transaction tx, Partner partner, BundleHead head) {
        return change(tx, partner, known -> known.delivered(head, tx.wallMs()));
    }

    /** Notes the site of a partner that was not known yet, unless the partner was removed. */
    static void meet(Transaction tx, Partner partner, UUID site) {
        new SiteRecords(tx).partner(partner.link()).filter(known -> known.site().equals(Version.NOBODY))
                .ifPresent(known -> SiteRecord.put(tx, SiteRecord.key(PARTNER + known.name()),
                        known.of(site).encode()));
    }

    private <T> Optional<T> field(Key key, String name, FieldParser<T> parser) {
        return view.find(key).filter(entry -> !entry.deleted()).map(entry -> {
            try {
                JsonValue json = JsonValue.parse(view.read(entry).data(), DEPTH_MAX);
                return parser.of(json.field(name).orElseThrow(() -> json.wrong("no " + name)));
            } catch (JsonException | IllegalArgumentException e) {
                throw SiteRecord.malformed(key);
            }
        });
    }
}
