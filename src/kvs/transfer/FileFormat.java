package kvs.transfer;

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The format of an imported file. */
public enum FileFormat {

    /** Lines as an export writes them. */
    NDJSON,
    /** The output of {@code etcdctl get --prefix "" -w json}. */
    ETCD,
    /** The output of {@code consul kv export}. */
    CONSUL,
    /** An answer of {@code _all_docs?include_docs=true}, or lines of couchbackup. */
    COUCHDB,
    /** Lines of {@code redis-cli --json} with the script of the manual. */
    REDIS;

    /** Bytes of an entry beyond twice its document: names, a list of revisions, white space. */
    private static final int ROOM_BYTES = 1 << 20;

    /** The names of the other stores. */
    public static List<String> stores() {
        return Arrays.stream(values()).filter(format -> format != NDJSON).map(FileFormat::text).toList();
    }

    /** The format of a store with this name. */
    public static Optional<FileFormat> of(String store) {
        return Arrays.stream(values()).filter(format -> format != NDJSON && format.text().equals(store))
                .findFirst();
    }

    /** The name of the store, as an option has it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The entries of a file. */
    EntryReader reader(InputStream in, int documentBytesMax) {
        int most = 2 * documentBytesMax + ROOM_BYTES;
        return switch (this) {
            case NDJSON -> new LineReader(in, NdjsonCodec.bytesMax(documentBytesMax));
            case ETCD -> new JsonElements(in, most, EtcdParser.SHAPE);
            case CONSUL -> new JsonElements(in, most, ConsulParser.SHAPE);
            case COUCHDB -> new JsonElements(in, most, CouchParser.SHAPE);
            case REDIS -> new LineReader(in, most);
        };
    }

    /** The parser of the entries of one file. */
    EntryParser parser(PathRenames renames) {
        return switch (this) {
            case NDJSON -> line -> ParsedEntry.of(NdjsonCodec.parse(line, renames));
            case ETCD -> new EtcdParser(renames);
            case CONSUL -> new ConsulParser(renames);
            case COUCHDB -> new CouchParser(renames);
            case REDIS -> new RedisParser(renames);
        };
    }
}
