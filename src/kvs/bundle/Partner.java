package kvs.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.world.Dice;

/**
 * A partner: another site, and the link to it. The link is its id, its secret, the zones that travel, and the
 * directions in which they do; both sites have the same, with the directions exchanged. Immutable.
 *
 * <pre>
 *   record   {"link":uuid,"secrets":[base64url(32) …],"site":uuid?,"zones":[[path …] …],"sends":bool,
 *             "receives":bool,"added_at":ms,"overlap":n?}; the first secret signs
 *   link     {"kvs_link":1,"link":uuid,"secret":base64url(32),"site":uuid,"zones":[[path …] …],
 *             "sends":bool,"receives":bool}, as seen by the site that made it: a file, carried once by hand
 * </pre>
 * Never change these names.
 *
 * @param name name of the partner at this site
 * @param link id of the link
 * @param secrets the secrets of the link, 32 bytes each
 * @param site id of the partner's site, {@link Version#NOBODY} while it is not known here
 * @param zones the zones, accounts first
 * @param sends whether the zones go to the partner
 * @param receives whether they come from it
 * @param addedMs time at which it was added here, Unix ms
 * @param overlap where nothing comes back: the number of the newest bundles that may all be lost but one
 */
public record Partner(String name, UUID link, List<byte[]> secrets, UUID site, List<Zone> zones,
        boolean sends, boolean receives, long addedMs, int overlap) {

    /** Bytes of a secret. */
    public static final int SECRET_BYTES = 32;
    /** The most secrets of a link. */
    static final int SECRETS_MAX = 4;
    /** The most bundles that a link overlaps. */
    public static final int OVERLAP_MAX = 16;
    /** Characters of the longest name. */
    static final int NAME_MAX = 64;
    private static final int DEPTH_MAX = 4;
    private static final long LINK_FORMAT = 1;

    /** A partner whose parts are valid. */
    public Partner {
        secrets = List.copyOf(secrets);
        zones = zones.stream().sorted((a, b) -> Boolean.compare(b.isAccounts(), a.isAccounts())).toList();
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' cannot name a partner: take 1 to 64 letters,"
                    + " digits, dots, dashes or underscores");
        }
        if (zones.isEmpty() || zones.size() > BundleHead.ZONES_MAX) {
            throw new IllegalArgumentException("a link has 1 to " + BundleHead.ZONES_MAX + " zones");
        }
        for (int i = 0; i < zones.size(); i++) {
            for (Zone earlier : zones.subList(0, i)) {
                if (!zones.get(i).equalOrDisjoint(earlier) || zones.get(i).equals(earlier)) {
                    throw new IllegalArgumentException("the zones " + earlier + " and " + zones.get(i)
                            + " have keys in common: make them one zone, or name other paths");
                }
            }
        }
        if (secrets.isEmpty() || secrets.size() > SECRETS_MAX
                || secrets.stream().anyMatch(secret -> secret.length != SECRET_BYTES)) {
            throw new IllegalArgumentException("a link has 1 to " + SECRETS_MAX + " secrets of "
                    + SECRET_BYTES + " bytes");
        }
        if (!sends && !receives) {
            throw new IllegalArgumentException("a link has at least one direction");
        }
        if (overlap < 1 || overlap > OVERLAP_MAX || overlap > 1 && receives) {
            throw new IllegalArgumentException("an overlap is a number from 1 to " + OVERLAP_MAX + ", of a"
                    + " link whose zones only go out: on every other one the partner says what it has");
        }
    }

    /** A partner without an overlap. */
    public Partner(String name, UUID link, List<byte[]> secrets, UUID site, List<Zone> zones, boolean sends,
            boolean receives, long addedMs) {
        this(name, link, secrets, site, zones, sends, receives, addedMs, 1);
    }

    /** Whether a text can name a partner. */
    public static boolean isName(String text) {
        return !text.isEmpty() && text.length() <= NAME_MAX && "._-".indexOf(text.charAt(0)) < 0
                && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
                        || c >= '0' && c <= '9' || "._-".indexOf(c) >= 0);
    }

    /** A new secret of a link. */
    public static byte[] secret(Dice dice) {
        ByteBuffer secret = ByteBuffer.allocate(SECRET_BYTES);
        while (secret.hasRemaining()) {
            secret.putLong(dice.bits());
        }
        return secret.array();
    }

    /** The same partner, whose site is known. */
    Partner of(UUID known) {
        return new Partner(name, link, secrets, known, zones, sends, receives, addedMs, overlap);
    }

    /** The same partner with other secrets. */
    Partner with(List<byte[]> valid) {
        return new Partner(name, link, valid, site, zones, sends, receives, addedMs, overlap);
    }

    /** The same partner with another name. */
    Partner named(String other) {
        return new Partner(other, link, secrets, site, zones, sends, receives, addedMs, overlap);
    }

    /** The first two zones of this partner and another one that overlap, in words. */
    Optional<String> overlapWith(Partner other) {
        for (Zone zone : zones) {
            for (Zone theirs : other.zones) {
                if (!zone.equalOrDisjoint(theirs)) {
                    return Optional.of("the zone " + zone + " shares some keys with the zone " + theirs);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The reason why nothing travels between this site and the partner, for people: two nodes added partners
     * whose zones overlap at the same time. The one that was added first goes on.
     *
     * @param all the partners of the site
     */
    public Optional<String> conflict(List<Partner> all) {
        Comparator<Partner> order = Comparator.comparingLong(Partner::addedMs).thenComparing(Partner::link);
        return all.stream().filter(other -> order.compare(other, this) < 0)
                .filter(other -> overlapWith(other).isPresent()).findFirst()
                .map(other -> "the zones of partner " + name + " share some keys with those of partner "
                        + other.name + ", which another node added at the same time: remove one of the two at"
                        + " both of its sites, and add it again with other zones");
    }

    /** The same link with another overlap. */
    public Partner overlapping(int bundles) {
        return new Partner(name, link, secrets, site, zones, sends, receives, addedMs, bundles);
    }

    /**
     * The same link with a new secret, which signs from now on. Files that were made with one of the
     * {@value #SECRETS_MAX} newest are taken.
     */
    public Partner rotated(byte[] secret) {
        List<byte[]> next = new ArrayList<>(List.of(secret));
        secrets.stream().filter(old -> !Arrays.equals(old, secret)).limit(SECRETS_MAX - 1L)
                .forEach(next::add);
        return with(next);
    }

    /**
     * The same link with the new secret of a link file that one of its two sites made.
     *
     * @throws Refusal when that is of another link
     */
    public Partner rotated(Partner made) {
        if (!made.link.equals(link)) {
            throw new Refusal(Reason.BAD_REQUEST, "the link file is of another link than that to " + name
                    + ": take the one that 'kvs partner rotate --write-link' made at its site");
        }
        return rotated(made.secrets.get(0));
    }

    /** The same link, of whose secrets only the one that signs is valid. */
    public Partner withoutOldSecrets() {
        return with(secrets.subList(0, 1));
    }

    /**
     * The same partner with some of its zones, for a file that carries only these; without one with all.
     *
     * @throws Refusal when the link does not have one of them
     */
    public Partner only(List<Zone> wanted) {
        for (Zone zone : wanted) {
            if (!has(zone)) {
                throw new Refusal(Reason.BAD_REQUEST, "nothing was made: the zone " + zone
                        + " is not in the link to " + name + ", which has " + zones);
            }
        }
        List<Zone> some = wanted.isEmpty() ? zones : wanted.stream().distinct().toList();
        return new Partner(name, link, secrets, site, some, sends, receives, addedMs, overlap);
    }

    /** Whether the link has this zone. */
    public boolean has(Zone zone) {
        return zones.contains(zone);
    }

    /** The record under which this site keeps the partner. */
    byte[] encode() {
        JsonWriter out = new JsonWriter().object().field("link", link.toString()).name("secrets").array();
        secrets.forEach(secret -> out.value(text(secret)));
        out.end();
        if (!site.equals(Version.NOBODY)) {
            out.field("site", site.toString());
        }
        directions(zones(out)).field("added_at", addedMs);
        if (overlap > 1) {
            out.field("overlap", overlap);
        }
        return out.end().toBytes();
    }

    /**
     * The partner in a record.
     *
     * @throws IllegalArgumentException when it is malformed
     */
    static Partner decode(String name, byte[] record) {
        try {
            JsonValue json = JsonValue.parse(record, DEPTH_MAX);
            List<byte[]> secrets = new ArrayList<>();
            for (JsonValue secret : member(json, "secrets").elements(SECRETS_MAX)) {
                secrets.add(secret(secret));
            }
            UUID site = json.field("site").isEmpty() ? Version.NOBODY : id(json, "site");
            return new Partner(name, id(json, "link"), secrets, site, zones(json),
                    member(json, "sends").bool(), member(json, "receives").bool(),
                    member(json, "added_at").asLong(),
                    json.field("overlap").isEmpty() ? 1 : (int) member(json, "overlap").asLong());
        } catch (JsonException | Refusal e) {
            throw new IllegalArgumentException("the record of the partner " + name + " is malformed", e);
        }
    }

    /** The text of the file that a person carries to the partner; {@code self} is the id of this site. */
    public String linkText(UUID self) {
        JsonWriter out = new JsonWriter().object().field("kvs_link", LINK_FORMAT)
                .field("link", link.toString()).field("secret", text(secrets.get(0)))
                .field("site", self.toString());
        return new String(directions(zones(out)).end().toBytes(), StandardCharsets.UTF_8) + "\n";
    }

    /**
     * The partner that made a link file, as this site sees it.
     *
     * @throws IllegalArgumentException when it is none, with what to do
     */
    public static Partner ofLink(String name, String text, long nowMs) {
        try {
            JsonValue json = JsonValue.parse(text.getBytes(StandardCharsets.UTF_8), DEPTH_MAX);
            if (member(json, "kvs_link").asLong() != LINK_FORMAT) {
                throw new IllegalArgumentException("the link file was made by a newer version of KVS: install"
                        + " that version or a later one here first");
            }
            return new Partner(name, id(json, "link"), List.of(secret(member(json, "secret"))),
                    id(json, "site"), zones(json), member(json, "receives").bool(),
                    member(json, "sends").bool(), nowMs);
        } catch (JsonException | Refusal e) {
            throw new IllegalArgumentException("it is no link file: take the one that 'kvs partner add"
                    + " --write-link' made at the other site", e);
        }
    }

    private JsonWriter zones(JsonWriter out) {
        out.name("zones").array();
        for (Zone zone : zones) {
            out.array();
            zone.paths().forEach(path -> out.value(path.isEmpty() ? Zone.ROOT : path));
            out.end();
        }
        return out.end();
    }

    private JsonWriter directions(JsonWriter out) {
        return out.field("sends", sends).field("receives", receives);
    }

    private static List<Zone> zones(JsonValue json) throws JsonException {
        List<Zone> zones = new ArrayList<>();
        for (JsonValue zone : member(json, "zones").elements(BundleHead.ZONES_MAX)) {
            List<String> paths = new ArrayList<>();
            for (JsonValue path : zone.elements(Zone.PATHS_MAX)) {
                paths.add(path.string());
            }
            zones.add(Zone.of(paths));
        }
        return zones;
    }

    /** The member of an object, which must be there. */
    static JsonValue member(JsonValue json, String name) throws JsonException {
        return json.field(name).orElseThrow(() -> json.wrong("no " + name));
    }

    /** The id in a member of an object. */
    static UUID id(JsonValue json, String name) throws JsonException {
        JsonValue text = member(json, name);
        return AsciiParsers.uuid(text.string()).orElseThrow(() -> text.wrong("no id"));
    }

    /** The secret in a member of a record. */
    static byte[] secret(JsonValue text) throws JsonException {
        try {
            return Base64.getUrlDecoder().decode(text.string());
        } catch (IllegalArgumentException e) {
            throw text.wrong("no secret");
        }
    }

    /** A secret as text. */
    static String text(byte[] secret) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** Without the secrets, so that no log shows them. */
    @Override
    public String toString() {
        return name + " " + link + " " + zones;
    }
}
