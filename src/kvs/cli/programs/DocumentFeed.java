package kvs.cli.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.cli.keys.KeyPath;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.RefusalReport;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.http.PercentEncoding;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * The documents below a prefix as pages of changes, from a position on. Any node of the cluster serves the
 * next page, so that it goes on when one dies. One thread.
 */
final class DocumentFeed {

    /** The position before everything: first what is there, then what changes. */
    static final String START = "0";
    private static final int PAGE = 1_000;
    private static final int GONE = 410;

    private final ClusterClient client;
    private final KeyPath prefix;
    private final String undone;

    /**
     * A document that was written or deleted.
     *
     * @param key its key, relative to the prefix
     * @param data the document; empty for one that is not there any more
     */
    record Item(String key, Optional<JsonValue> data) { }

    /**
     * A page.
     *
     * @param items the documents that have changed
     * @param next the position behind it
     * @param more whether the node has more at once; the pages up to one without more show one moment
     * @param isLost whether what was read so far is of no use, because deletions or rights may be missed:
     *     the reader begins again at {@link #START}
     */
    record Page(List<Item> items, String next, boolean more, boolean isLost) { }

    /** The documents below a prefix; {@code undone} begins the sentence of a failure. */
    DocumentFeed(ClusterClient client, KeyPath prefix, String undone) {
        this.client = client;
        this.prefix = prefix;
        this.undone = undone;
    }

    /** The changes since a position; waits so long for one. */
    Page next(String since, long waitMs) throws CommandException {
        String filter = prefix.text().isEmpty() ? "" : "&prefix=" + PercentEncoding.encode(prefix.text());
        ClientResponse response = client.send(ClientRequest.get("/kv/_changes?since=" + since + filter
                + "&limit=" + PAGE + (waitMs > 0 ? "&wait=" + waitMs + "ms" : "")).waiting(waitMs), undone);
        if (response.status() == GONE && !since.equals(START)) {
            return new Page(List.of(), START, true, true);
        }
        if (!response.isGood()) {
            throw RefusalReport.of(undone, response);
        }
        try {
            JsonValue page = response.json();
            boolean lost = false;
            List<Item> items = new ArrayList<>();
            for (JsonValue change : member(page, "changes").elements(PAGE)) {
                lost |= change.field("access").isPresent() && !since.equals(START);
                if (change.field("access").isEmpty()) {
                    items.add(item(change));
                }
            }
            String next = lost ? START : member(page, "next").string();
            return new Page(lost ? List.of() : items, next, lost || page.field("more").isPresent(), lost);
        } catch (JsonException e) {
            throw response.foreign(e);
        }
    }

    private Item item(JsonValue change) throws JsonException, CommandException {
        String key = member(change, "path").string();
        boolean absent = change.field("deleted").isPresent() || change.field("expired").isPresent();
        Optional<JsonValue> data = change.field("data");
        if (!absent && data.isEmpty()) {
            throw new CommandException(ExitStatus.UNREACHABLE, undone + ": the node cannot read " + key
                    + (change.field("detail").isPresent() ? ": " + member(change, "detail").string() : ""));
        }
        return new Item(key.substring(prefix.text().length()), absent ? Optional.empty() : data);
    }

    private static JsonValue member(JsonValue json, String name) throws JsonException {
        Optional<JsonValue> member = json.field(name);
        return member.orElseThrow(() -> json.wrong("no field " + name));
    }
}
