package kvs.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.audit.WrittenLine;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import org.junit.jupiter.api.Test;

/** The file that proves a document: what is in it, and that no changed one is taken. */
class ProofTest {

    private static final ProofKey KEY = ProofKey.generate();
    private static final byte[] BEFORE = new byte[32];

    private static Version version(String text, boolean deleted) {
        Version version = new Version(Key.of("docs/plän"), Version.NOBODY, 1_700_000_000_000L,
                new Dot(new UUID(1, 2), 7), 5, new Version.Lineage(3, 4), new UUID(8, 9), Version.NOBODY,
                Version.FOREVER, deleted, text.getBytes(StandardCharsets.UTF_8));
        return new VersionIdHasher().seal(version);
    }

    private static WrittenLine line(Version version, String path) throws Exception {
        String head = "{\"n\":41,\"at\":1790000000000,\"store\":977,\"act\":\"put\",\"path\":\"" + path
                + "\",\"uuid\":\"" + version.uuid() + "\",\"status\":201";
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(BEFORE);
        String hash = HexFormat.of().formatHex(sha.digest(head.getBytes(StandardCharsets.UTF_8)));
        String tail = ",\"hash\":\"" + hash + "\",\"seal\":\"" + "0".repeat(32) + "\"}";
        return WrittenLine.of(head + tail, BEFORE).orElseThrow();
    }

    private static Proof proof(Version version, AuditState audit) {
        return new Proof(1_700_000_000_001L, "node1", new UUID(1, 2), version, audit);
    }

    private static AuditState audited(Version version) throws Exception {
        return new AuditState(Optional.of(line(version, "docs/plän")), "", "50:aa", "49:bb",
                Map.of(new UUID(5, 5), "3:cc"));
    }

    private static String refused(byte[] file) {
        RejectedProofException e = assertThrows(RejectedProofException.class, () -> Proof.decode(file));
        return e.getMessage();
    }

    @Test
    void holdsTheVersionAndTheLine() throws Exception {
        Version version = version("{\"a\": 1.0}", false);
        Proof.Signed signed = Proof.decode(proof(version, audited(version)).encode(KEY));
        Proof read = signed.proof();
        assertArrayEquals(KEY.open(), signed.key());
        assertArrayEquals(version.data(), read.version().data());
        assertEquals(version.uuid(), read.version().uuid());
        assertEquals(41, read.audit().line().orElseThrow().anchor().seq());
        assertEquals("put", read.audit().line().orElseThrow().member("act"));
        assertEquals("50:aa", read.audit().head());
        assertEquals("49:bb", read.audit().storeHead());
        assertEquals(Map.of(new UUID(5, 5), "3:cc"), read.audit().remembered());
    }

    @Test
    void deletionIsProvenToo() throws Exception {
        Version version = version("", true);
        AuditState none = new AuditState(Optional.empty(), "this node has none", "", "", Map.of());
        Proof read = Proof.decode(proof(version, none).encode(KEY)).proof();
        assertTrue(read.version().deleted());
        assertEquals("this node has none", read.audit().absent());
    }

    @Test
    void changedByteIsFound() throws Exception {
        Version version = version("{\"a\":1}", false);
        byte[] file = proof(version, audited(version)).encode(KEY);
        for (int i = 0; i < file.length; i += 7) {
            byte[] changed = file.clone();
            changed[i] ^= 1;
            refused(changed);
        }
    }

    @Test
    void everyLengthButTheWholeIsFound() throws Exception {
        Version version = version("{\"a\":1}", false);
        byte[] file = proof(version, audited(version)).encode(KEY);
        for (int length = 0; length < file.length; length++) {
            refused(Arrays.copyOf(file, length));
        }
        assertEquals("something follows its signature", refused(Arrays.copyOf(file, file.length + 1)));
        assertEquals("it is cut off, or its lines were changed", refused(Arrays.copyOf(file, 200)));
    }

    @Test
    void anotherSignatureIsNoneOfThisKey() throws Exception {
        Version version = version("1", false);
        AuditState none = new AuditState(Optional.empty(), "none", "", "", Map.of());
        String mine = new String(proof(version, none).encode(KEY), StandardCharsets.UTF_8);
        ProofKey other = ProofKey.generate();
        String theirs = new String(proof(version("2", false), none).encode(other), StandardCharsets.UTF_8);
        String[] a = mine.split("\n");
        String[] b = theirs.split("\n");
        String forged = String.join("\n", a[0], b[1], a[2], b[3]) + "\n";
        assertEquals("it was changed since it was signed, or its signature was forged",
                refused(forged.getBytes(StandardCharsets.UTF_8)));
        assertFalse(Arrays.equals(Proof.decode(theirs.getBytes(StandardCharsets.UTF_8)).key(), KEY.open()),
                "a file that somebody else signed has another key");
    }

    /** A node that signs what is not true is refuted by the file itself, as far as that can be. */
    @Test
    void signedContradictionsAreFound() throws Exception {
        Version version = version("1", false);
        Version lie = new Version(version.key(), version.uuid(), version.timestamp(), version.dot(),
                version.joined(), version.lineage(), version.author(), version.owner(), version.expires(),
                false, "2".getBytes(StandardCharsets.UTF_8));
        String document = refused(proof(lie, audited(version)).encode(KEY));
        assertTrue(document.startsWith("its document is not that of the version"), document);
        String both = refused(proof(version("1", true), audited(version)).encode(KEY));
        assertTrue(both.startsWith("it has a document of a version that deletes one"), both);
        AuditState elsewhere = new AuditState(Optional.of(line(version, "docs/other")), "", "", "", Map.of());
        String path = refused(proof(version, elsewhere).encode(KEY));
        assertTrue(path.startsWith("its line of the tamper log is about another version"), path);
        String text = line(version, "docs/plän").text();
        assertTrue(WrittenLine.of(text, new byte[] {1}).isEmpty(), "another line before it");
        assertTrue(WrittenLine.of(text.replace("201", "200"), BEFORE).isEmpty(), "another text");
    }

    @Test
    void newerFormatIsNamed() {
        byte[] file = "kvs-proof 2\nsomething else\n".getBytes(StandardCharsets.UTF_8);
        RejectedProofException e = assertThrows(RejectedProofException.class, () -> Proof.decode(file));
        assertTrue(e.isNewer());
    }

    @Test
    void keyIsReadFromItsFile() {
        ProofKey read = ProofKey.decode(KEY.encode());
        assertArrayEquals(KEY.open(), read.open());
        assertEquals("proof key", read.toString(), "no log shows it");
        for (String bad : new String[] {"", "{}", KEY.encode().replace("_key\":1", "_key\":2"),
            KEY.encode().replaceAll("\"public\":\"[^\"]+", "\"public\":\""
                    + Base64.getEncoder().encodeToString(ProofKey.generate().open()))}) {
            assertThrows(IllegalArgumentException.class, () -> ProofKey.decode(bad));
        }
    }
}
