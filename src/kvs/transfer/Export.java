package kvs.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import kvs.auth.MetadataScope;

/**
 * Writes the contents of a node to a file, in the order of the paths. Each page is a snapshot of its own: a
 * document that changes during the export appears in its old or its new state. One use, one thread.
 *
 * <p>Metadata of subtrees precedes the documents, so that a subtree is locked before its documents exist;
 * metadata of own keys follows them, because it can be set, and a key be given to an owner, only once the key
 * exists.
 */
public final class Export {

    private static final String SLASH = "/";

    private final DocumentSource source;
    private final ExportOptions query;
    private final TransferReporter report;

    /**
     * The options of an export.
     *
     * @param format the format of the file
     * @param prefix the prefix of the paths, empty for all
     * @param metadata whether metadata is exported too, which only lines can hold; with a prefix that ends
     *     with a slash also that of the path before the slash
     */
    public record ExportOptions(ExportFormat format, String prefix, boolean metadata) {

        public ExportOptions {
            if (metadata && format != ExportFormat.NDJSON) {
                throw new IllegalArgumentException(format.text() + " cannot hold metadata");
            }
        }
    }

    /** An export of {@code source}. */
    public Export(DocumentSource source, ExportOptions query, TransferReporter report) {
        this.source = source;
        this.query = query;
        this.report = report;
    }

    /** Exports everything; unreadable documents are reported. */
    public void run(OutputStream out) throws IOException {
        report.begin();
        if (report.isShown()) {
            report.expect(source.count(query.prefix).orElse(0));
        }
        if (query.metadata) {
            metadata(out, MetadataScope.SUBTREE);
        }
        documents(out, query.format.encoder());
        if (query.metadata) {
            metadata(out, MetadataScope.OWN_KEYS);
        }
        out.flush();
        report.summary("exported");
    }

    private void documents(OutputStream out, DocumentEncoder encoder) throws IOException {
        out.write(encoder.begin());
        long number = 0;
        Optional<String> after = Optional.empty();
        do {
            DocumentSource.Page page = source.documents(query.prefix, after);
            page.unreadable().forEach(what -> report.refused("not exported", what));
            for (TransferItem item : page.items()) {
                TransferItem.DocumentItem document = (TransferItem.DocumentItem) item;
                String where = "document " + ++number;
                encoder.notes(document).forEach(note -> report.noted(note, where, document.key().text()));
                byte[] entry = encoder.encode(document);
                out.write(entry);
                report.moved(1, 0, entry.length);
            }
            after = page.next();
        } while (after.isPresent());
        out.write(encoder.end());
    }

    private void metadata(OutputStream out, MetadataScope kind) throws IOException {
        String path = query.prefix.endsWith(SLASH) ? query.prefix.substring(0, query.prefix.length() - 1)
                : query.prefix;
        Optional<String> after = Optional.empty();
        do {
            DocumentSource.Page page = source.metadata(path, after);
            for (TransferItem item : page.items()) {
                TransferItem.MetadataItem set = ((TransferItem.MetadataItem) item).portable();
                boolean inside = set.path().equals(path) || set.path().startsWith(query.prefix);
                if (inside && set.ownKeys() == (kind == MetadataScope.OWN_KEYS)) {
                    byte[] line = NdjsonCodec.encode(set);
                    out.write(line);
                    report.moved(0, 1, line.length);
                }
            }
            after = page.next();
        } while (after.isPresent());
    }
}
