package kvs.proof;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import kvs.audit.WrittenLine;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.NeededVersion;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.VersionIdHasher;

/**
 * A proof, drawn in {@link kvs.proof}. Immutable.
 *
 * @param madeMs time at which it was made by the node's clock, Unix ms
 * @param node name of the node
 * @param life id of the life of its directory
 * @param version the version, its document inflated
 * @param audit what its audit log shows
 */
public record Proof(long madeMs, String node, UUID life, Version version, AuditState audit) {

    /** The longest file, bytes: the longest document in base64, and the rest. */
    public static final int BYTES_MAX = 32 << 20;
    private static final String SERIES = "kvs-proof ";
    private static final String FORMAT = "1";
    private static final String KEY = "key ";
    private static final String SIGNATURE = "signature ";
    private static final int LINES = 4;
    private static final int REMEMBERED_MAX = 1_000;

    /**
     * A proof that was checked.
     *
     * @param proof its content
     * @param key the public key that signed it, X.509
     */
    public record Signed(Proof proof, byte[] key) { }

    /** The file of it, signed. */
    public byte[] encode(ProofKey key) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((SERIES + FORMAT + "\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(json());
        out.writeBytes(("\n" + KEY + Base64.getEncoder().encodeToString(key.open()) + "\n")
                .getBytes(StandardCharsets.US_ASCII));
        byte[] signature = key.sign(out.toByteArray());
        out.writeBytes((SIGNATURE + Base64.getEncoder().encodeToString(signature) + "\n")
                .getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private byte[] json() {
        JsonWriter out = new JsonWriter().object().field("made_at", madeMs).field("node", node)
                .field("life", life.toString()).name("version").object()
                .field("path", version.key().text()).field("uuid", version.uuid().toString())
                .field("timestamp", version.timestamp()).field("origin", version.dot().origin().toString())
                .field("seq", version.dot().seq()).field("joined", version.joined())
                .field("prev_timestamp", version.lineage().prevTimestamp())
                .field("shadows_until", version.lineage().shadowsUntil())
                .field("author", version.author().toString()).field("owner", version.owner().toString())
                .field("expires", version.expires()).field("deleted", version.deleted())
                .field("document", Base64.getEncoder().encodeToString(version.data())).end();
        if (audit.line().isPresent()) {
            WrittenLine line = audit.line().get();
            out.name("audit").object().field("before", HexFormat.of().formatHex(line.before()))
                    .field("line", line.text()).end();
        } else {
            out.field("audit_absent", audit.absent());
        }
        out.field("head", audit.head()).field("store_head", audit.storeHead()).name("remembered").array();
        new TreeMap<>(audit.remembered()).forEach((origin, head) -> out.object()
                .field("life", origin.toString()).field("head", head).end());
        return out.end().end().toBytes();
    }

    /**
     * Reads and checks a file.
     *
     * @throws RejectedProofException when it is not a valid proof, with the reason
     */
    public static Signed decode(byte[] file) throws RejectedProofException {
        String text = new String(file, StandardCharsets.UTF_8);
        if (!text.startsWith(SERIES)) {
            throw RejectedProofException.damaged("it does not begin like a proof");
        }
        if (text.indexOf('\n') >= 0 && !text.startsWith(SERIES + FORMAT + "\n")) {
            throw new RejectedProofException(true, "it was made by a newer version of KVS: check it with "
                    + NeededVersion.of(text.substring(0, text.indexOf('\n'))));
        }
        List<String> lines = lines(text);
        if (lines.size() < LINES + 1 || !lines.get(2).startsWith(KEY)
                || !lines.get(LINES - 1).startsWith(SIGNATURE)) {
            throw RejectedProofException.damaged("it is cut off, or its lines were changed");
        }
        if (!lines.get(LINES).isEmpty()) {
            throw RejectedProofException.damaged("something follows its signature");
        }
        byte[] key = base64(lines.get(2).substring(KEY.length()));
        byte[] signature = base64(lines.get(LINES - 1).substring(SIGNATURE.length()));
        int tail = lines.get(LINES - 1).getBytes(StandardCharsets.UTF_8).length + 1;
        byte[] bytes = Arrays.copyOf(file, Math.max(0, file.length - tail));
        if (!ProofKey.isSigned(key, bytes, signature)) {
            throw RejectedProofException.damaged("it was changed since it was signed, or its signature was"
                    + " forged");
        }
        try {
            Proof proof = parse(JsonValue.parse(lines.get(1).getBytes(StandardCharsets.UTF_8)));
            proof.check();
            return new Signed(proof, key);
        } catch (JsonException | IllegalArgumentException | Refusal e) {
            throw RejectedProofException.damaged("its content is malformed, although it is signed");
        }
    }

    /** The first lines of a text, and as the last element what follows them. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int at = 0;
        for (int end = text.indexOf('\n'); end >= 0 && lines.size() < LINES; end = text.indexOf('\n', at)) {
            lines.add(text.substring(at, end));
            at = end + 1;
        }
        lines.add(text.substring(at));
        return lines;
    }

    /** Conditions 3 and 4. */
    private void check() throws RejectedProofException {
        if (!new VersionIdHasher().of(version).equals(version.uuid())) {
            throw RejectedProofException.damaged("its document is not that of the version that it names,"
                    + " although it is signed");
        }
        if (version.deleted() && version.data().length > 0) {
            throw RejectedProofException.damaged("it has a document of a version that deletes one, although"
                    + " it is signed");
        }
        boolean fits = audit.line().map(line -> line.member("path").equals(version.key().text())
                && line.member("uuid").equals(version.uuid().toString())).orElse(true);
        if (!fits) {
            throw RejectedProofException.damaged("its line of the tamper log is about another version,"
                    + " although it is signed");
        }
    }

    private static Proof parse(JsonValue json) throws JsonException, RejectedProofException {
        JsonValue version = member(json, "version");
        byte[] document = base64(member(version, "document").string(BYTES_MAX));
        Version read = new Version(Key.of(member(version, "path").string()), id(version, "uuid"),
                member(version, "timestamp").asLong(), new Dot(id(version, "origin"),
                        member(version, "seq").asLong()), member(version, "joined").asLong(),
                new Version.Lineage(member(version, "prev_timestamp").asLong(),
                        member(version, "shadows_until").asLong()), id(version, "author"),
                id(version, "owner"), member(version, "expires").asLong(),
                member(version, "deleted").bool(), document);
        Optional<WrittenLine> line = Optional.empty();
        if (json.field("audit").isPresent()) {
            JsonValue audit = member(json, "audit");
            line = WrittenLine.of(member(audit, "line").string(1 << 17),
                    HexFormat.of().parseHex(member(audit, "before").string()));
            if (line.isEmpty()) {
                throw RejectedProofException.damaged("its line of the tamper log is not the one that its"
                        + " hash is of, although it is signed");
            }
        }
        Map<UUID, String> remembered = new TreeMap<>();
        for (JsonValue each : member(json, "remembered").elements(REMEMBERED_MAX)) {
            remembered.put(id(each, "life"), member(each, "head").string());
        }
        return new Proof(member(json, "made_at").asLong(), member(json, "node").string(), id(json, "life"),
                read, new AuditState(line, line.isPresent() ? "" : member(json, "audit_absent").string(),
                        member(json, "head").string(), member(json, "store_head").string(), remembered));
    }

    /** The member of an object, which must be there. */
    static JsonValue member(JsonValue json, String name) throws JsonException {
        return json.field(name).orElseThrow(() -> json.wrong("no " + name));
    }

    private static UUID id(JsonValue json, String name) throws JsonException {
        JsonValue text = member(json, name);
        return AsciiParsers.uuid(text.string()).orElseThrow(() -> text.wrong("no id"));
    }

    private static byte[] base64(String text) throws RejectedProofException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw RejectedProofException.damaged("it was changed: its text is not base64");
        }
    }
}
