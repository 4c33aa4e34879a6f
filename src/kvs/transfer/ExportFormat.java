package kvs.transfer;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The format of an exported file. */
public enum ExportFormat {

    /** Lines that an import takes. */
    NDJSON,
    /** A list that {@code consul kv import} takes. */
    CONSUL,
    /** A shell script of {@code etcdctl put}. */
    ETCD_COMMANDS;

    /** The names of the formats of other stores. */
    public static List<String> stores() {
        return Arrays.stream(values()).filter(format -> format != NDJSON).map(ExportFormat::text).toList();
    }

    /** The format with this name in an option. */
    public static Optional<ExportFormat> of(String name) {
        return Arrays.stream(values()).filter(format -> format != NDJSON && format.text().equals(name))
                .findFirst();
    }

    /** The name in an option. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The encoder of one file. */
    DocumentEncoder encoder() {
        return switch (this) {
            case NDJSON -> NdjsonCodec::encode;
            case CONSUL -> new ConsulEncoder();
            case ETCD_COMMANDS -> new EtcdCommandEncoder();
        };
    }
}
