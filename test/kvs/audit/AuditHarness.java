package kvs.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.world.Disk;
import kvs.world.Logger;

/** Keeps tamper logs on simulated disks and looks at what is in them. */
final class AuditHarness {

    static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    static final UUID WHO = new UUID(7, 8);
    private static final String ENDING = ".tamper";

    final SimClock clock = new SimClock();
    final SimDice dice;

    AuditHarness(long seed) {
        dice = new SimDice(seed);
    }

    SimDisk disk() {
        return new SimDisk(dice);
    }

    AuditLog open(Disk disk, long storeHead) throws IOException {
        return open(disk, 1 << 20, 1 << 30, storeHead);
    }

    AuditLog open(Disk disk, long fileBytes, long keepBytes, long storeHead) throws IOException {
        return AuditLog.open(disk, new AuditLog.Dependencies(clock, Logger.none()),
                new AuditLog.Settings(List.of(KEY), fileBytes, keepBytes),
                new AuditLog.KnownHistory(storeHead, Optional.empty()));
    }

    /** The write with that number of the store. */
    AuditEvent put(long storeSeq) {
        return new AuditEvent("put", WHO, "t1", "10.0.0.7", "p/" + storeSeq, "u" + storeSeq, 201, storeSeq, 1,
                clock.wallMs());
    }

    static AuditVerification.Result check(SimDisk disk) throws IOException {
        return AuditVerification.run(disk, List.of(KEY), List.of());
    }

    static void assertSound(SimDisk disk, String where) throws IOException {
        assertEquals(Optional.empty(), check(disk).fault(), where);
    }

    /** The files with lines, oldest first. */
    static List<String> files(SimDisk disk) throws IOException {
        return disk.list().stream().filter(name -> name.endsWith(ENDING)).toList();
    }

    /** All lines with their breaks. */
    static List<String> lines(SimDisk disk) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String file : files(disk)) {
            lines.addAll(lines(disk.bytes(file)));
        }
        return lines;
    }

    static List<String> lines(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int end = text.indexOf('\n', from) + 1;
            int to = end > 0 ? end : text.length();
            lines.add(text.substring(from, to));
            from = to;
        }
        return lines;
    }

    /** A member of a line as text; empty when it has none. */
    static String member(String line, String name) {
        try {
            Optional<JsonValue> value = JsonValue.parse(line.getBytes(StandardCharsets.UTF_8)).field(name);
            return value.map(v -> new String(v.raw(), StandardCharsets.UTF_8).replace("\"", "")).orElse("");
        } catch (JsonException e) {
            throw new AssertionError(line, e);
        }
    }

    static List<String> acts(SimDisk disk) throws IOException {
        return lines(disk).stream().map(line -> member(line, "act")).toList();
    }

    /** The numbers of the writes that are in the log. */
    static List<Long> puts(SimDisk disk) throws IOException {
        return puts(lines(disk));
    }

    static List<Long> puts(List<String> lines) {
        return lines.stream().filter(line -> line.contains("\"act\":\"put\""))
                .map(line -> Long.parseLong(member(line, "store"))).toList();
    }
}
