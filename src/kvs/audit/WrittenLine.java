package kvs.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import kvs.json.JsonException;
import kvs.world.Disk;

/**
 * A line of the audit log as it can be shown to somebody who has neither the log nor its key: its text, and
 * the hash of the line before it. Together they give the hash in the line, so the text is the one that the
 * chain has at that number. Immutable.
 */
public final class WrittenLine {

    private static final AuditLine NONE = new AuditLine(0, new byte[0], new byte[0], new byte[0]);

    private final AuditLine line;
    private final byte[] before;

    private WrittenLine(AuditLine line, byte[] before) {
        this.line = line;
        this.before = before;
    }

    /** The line of that text; empty when it is none, or does not follow one with the hash {@code before}. */
    public static Optional<WrittenLine> of(String text, byte[] before) {
        return AuditLine.decode(text.getBytes(StandardCharsets.UTF_8))
                .filter(line -> line.chained(before, new AuditSealer(List.of())))
                .map(line -> new WrittenLine(line, before));
    }

    /**
     * The line that records the write of the version with that id; empty when this log has none. Reads the
     * whole log.
     */
    public static Optional<WrittenLine> find(Disk log, String path, String uuid) throws IOException {
        byte[] mark = ("\"uuid\":\"" + uuid + "\"").getBytes(StandardCharsets.US_ASCII);
        byte[] before = ChainPosition.start().hash();
        try (AuditScan scan = new AuditScan(log)) {
            while (scan.next()) {
                WrittenLine line = new WrittenLine(scan.line().orElse(NONE), before);
                if (contains(line.line.text(), mark) && line.records(path, uuid)) {
                    return Optional.of(line);
                }
                before = line.line.hash();
            }
        }
        return Optional.empty();
    }

    private boolean records(String path, String uuid) {
        return member("path").equals(path) && member("uuid").equals(uuid)
                && line.chained(before, new AuditSealer(List.of()));
    }

    private static boolean contains(byte[] text, byte[] mark) {
        for (int at = 0; at + mark.length <= text.length; at++) {
            int same = 0;
            while (same < mark.length && text[at + same] == mark[same]) {
                same++;
            }
            if (same == mark.length) {
                return true;
            }
        }
        return false;
    }

    /** Its text, without the line break. */
    public String text() {
        return new String(line.text(), StandardCharsets.UTF_8);
    }

    /** The hash of the line before it. */
    public byte[] before() {
        return before.clone();
    }

    /** Its place in the chain. */
    public AuditVerification.Anchor anchor() {
        return new AuditVerification.Anchor(line.n(), HexFormat.of().formatHex(line.hash()));
    }

    /** A member that is a text; empty when it has none. */
    public String member(String name) {
        try {
            return line.string(name);
        } catch (JsonException absent) {
            return "";
        }
    }

    /** The time of its event, Unix ms; 0 when it has none. */
    public long atMs() {
        try {
            return line.number("at");
        } catch (JsonException absent) {
            return 0;
        }
    }
}
