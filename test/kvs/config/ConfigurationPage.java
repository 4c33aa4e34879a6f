package kvs.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes the manual's page Configuration of the table of settings; {@code make docs} writes it. */
final class ConfigurationPage {

    static final String PATH = "src/kvs/docs/configuration.md";
    private static final String INTRODUCTION = """
            # Configuration

            All settings of a node: name, default, allowed values, meaning.

            A node reads the file that its command line names, else `config.yaml` in its working directory. The
            first start writes that file, with every key and its default in a comment. The file is a subset of
            YAML: `key: value`, lists as `[a, b]` or as lines of `- a`, comments behind `#`. Every key can also be
            given as an environment variable, `KVS_` and the key in capitals, which wins over the file; a list is
            written with commas there:

            ```text
            KVS_PORT=8081 KVS_SEED_NODES=a:8080,b:8080 java -jar build/kvs.jar
            ```

            An unknown key or an impossible value stops the start; all errors are listed, each with its line. The
            line `started` of the log shows the settings that differ from their defaults, of secrets only that
            they are set. `conf/` has the commented file, three sample nodes and a systemd unit.

            The commands (`token`, `export`, …) read the same settings. They find a node on their machine also when
            its directory came from its environment: by the settings, else by `~/.kvs/nodes`, where each node
            notes its directory, or in `/var/lib/kvs`; of several they want one named (`KVS_DATA_DIR`).

            A duration is `500ms`, `90s`, `15m`, `12h`, `7d` or a sum such as `1h30m`. A size is a number of bytes
            or `64KiB`, `128MiB`, `1GiB`.
            """;

    private ConfigurationPage() { }

    /** Writes the page below the directory that is named, the root of the checkout. */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args[0], PATH), text());
    }

    /** The page. */
    static String text() {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        String group = "";
        for (SettingTable.Setting setting : SettingTable.ALL) {
            if (!setting.group().equals(group)) {
                group = setting.group();
                text.append("\n## ").append(group)
                        .append("\n\n| key | default | allowed | meaning |\n|---|---|---|---|\n");
            }
            text.append("| `").append(setting.name()).append("` | `").append(setting.standard())
                    .append("` | ").append(setting.kind().allowed()).append(" | ").append(setting.about())
                    .append(" |\n");
        }
        return text.toString();
    }
}
