package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.json.JsonValue;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents into the files of other stores. */
class ExportFormatTest {

    /** Documents that a shell or a parser could take for something else: key, document, value elsewhere. */
    private static final List<List<String>> ODD = List.of(
            List.of("a/db", "{\"it's\" : \"$HOME `x` \\\\ %s\"}", "{\"it's\" : \"$HOME `x` \\\\ %s\"}"),
            List.of("a/lines", "\"two\\nlines\\n\"", "two\nlines\n"),
            List.of("a/empty", "\"\"", ""), List.of("a/nul", "\"a\\u0000b\"", "a\0b"),
            List.of("-dash", "\"-v\"", "-v"), List.of("it's a \"key\" $x", "1.50", "1.50"),
            List.of("number", "\"5432\"", "\"5432\""),
            List.of("\u00e4", "\"\u00e4\ud83d\ude00\"", "\u00e4\ud83d\ude00"),
            List.of("long", "\"" + "it's 'long' ".repeat(12_000) + "\"", "it's 'long' ".repeat(12_000)));

    @TempDir
    private Path directory;

    private final TransferLab lab = new TransferLab();
    private final SimDisk disk = lab.directory();

    private void fill() throws IOException {
        lab.documentMax = 200_000;
        StringBuilder lines = new StringBuilder("{\"path\":\"bin\",\"data\":{\"base64\":\"AP+AJw==\"}}\n"
                + "{\"path\":\"ends\",\"data\":7,\"ttl\":\"90s\"}\n");
        for (List<String> odd : ODD) {
            lines.append("{\"path\":\"").append(odd.get(0).replace("\"", "\\\"")).append("\",\"data\":")
                    .append(odd.get(1)).append("}\n");
        }
        assertEquals(0, lab.take(disk, lines.toString(), TransferLab.plain()).refused(), lab.said());
    }

    private static Map<String, String> expected() {
        Map<String, String> expected = new TreeMap<>(Map.of("bin", "\0\u00ff\u0080'", "ends", "7"));
        ODD.forEach(odd -> expected.put(odd.get(0), new String(odd.get(2).getBytes(StandardCharsets.UTF_8),
                StandardCharsets.ISO_8859_1)));
        return expected;
    }

    private static String latin(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1);
    }

    @Test
    void writesWhatConsulImports() throws Exception {
        fill();
        String file = lab.export(disk, new Export.ExportOptions(ExportFormat.CONSUL, "", false));
        String note = "an end of its life, which Consul does not keep";
        assertTrue(lab.said().startsWith("document 7: key 'ends': " + note + "\n1 entry: " + note),
                lab.said());
        assertTrue(file.startsWith("[\n{\"key\":\"-dash\",\"flags\":0,\"value\":\"LXY=\"},\n"), file);
        assertTrue(file.endsWith("}\n]\n"), file);
        Map<String, String> values = new TreeMap<>();
        for (JsonValue entry : JsonValue.parse(file.getBytes(StandardCharsets.UTF_8))
                .elements()) {
            JsonValue value = entry.field("value").orElseThrow();
            values.put(entry.field("key").orElseThrow().string(), latin(value.string(value.length())));
        }
        assertEquals(expected(), values);
        SimDisk other = lab.directory();
        lab.files.put(TransferLab.FILE, file.getBytes(StandardCharsets.UTF_8));
        try (OfflineEndpoint node = lab.open(other)) {
            assertEquals(0, lab.take(node, TransferLab.foreign(FileFormat.CONSUL)).refused());
        }
        assertEquals(lab.contents(disk).get("bin"), lab.contents(other).get("bin"));
        assertEquals(file, lab.export(other, new Export.ExportOptions(ExportFormat.CONSUL, "", false)));
        assertEquals("[\n]\n", lab.export(lab.directory(), new Export.ExportOptions(ExportFormat.CONSUL, "",
                false)));
    }

    /** The shell runs the script with another etcdctl, which notes its arguments and its input. */
    @Test
    void writesCommandsThatAShellRuns() throws Exception {
        fill();
        String script = lab.export(disk, new Export.ExportOptions(ExportFormat.ETCD_COMMANDS, "", false));
        assertTrue(script.contains("\netcdctl put -- '-dash' '-v'\n"), script);
        Path etcdctl = Files.writeString(directory.resolve("etcdctl"), """
                #!/bin/sh
                [ "$1" = put ] || { echo "lease 7f granted with TTL($3s)"; exit; }
                shift
                case $1 in --lease=*) lease=$1; shift ;; esac
                [ "$1" = -- ] || exit 1
                printf '%s' "$2" | base64 -w 0
                printf ' '
                if [ $# -gt 2 ]; then printf '%s' "$3"; else cat; fi | base64 -w 0
                echo " ${lease-}"
                """);
        assertTrue(etcdctl.toFile().setExecutable(true));
        Path file = Files.writeString(directory.resolve("script"), script);
        ProcessBuilder shell = new ProcessBuilder("sh", file.toString()).redirectErrorStream(true);
        shell.environment().merge("PATH", directory.toString(), (path, first) -> first + ":" + path);
        Process process = shell.start();
        List<String> noted = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines().toList();
        assertEquals(0, process.waitFor(), noted.toString());
        Map<String, String> values = new TreeMap<>();
        for (String line : noted) {
            String[] parts = line.split(" ", -1);
            String key = new String(Base64.getDecoder().decode(parts[0]), StandardCharsets.UTF_8);
            values.put(key, latin(parts[1]));
            assertEquals(key.equals("ends") ? "--lease=7f" : "", parts[2], key);
        }
        assertEquals(expected(), values);
        assertTrue(script.contains("lease grant 90 "), "the whole life is left");
    }

    @Test
    void namesFormatsAndKeepsMetadataToLines() {
        assertEquals(Optional.of(ExportFormat.ETCD_COMMANDS), ExportFormat.of("etcd-commands"));
        assertEquals(Optional.empty(), ExportFormat.of("ndjson"));
        assertEquals(Optional.of(FileFormat.COUCHDB), FileFormat.of("couchdb"));
        assertEquals(Optional.empty(), FileFormat.of("ndjson"));
        assertThrows(IllegalArgumentException.class,
                () -> new Export.ExportOptions(ExportFormat.CONSUL, "", true));
    }
}
