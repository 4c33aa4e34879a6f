package kvs.cli.keys;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.command.CommandException;
import kvs.http.PercentEncoding;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/** The listing of a prefix, page by page. One thread. */
final class KeyListing {

    private final ClusterClient client;
    private final KeyPath prefix;
    private final boolean recursive;
    private final boolean values;
    private Optional<String> next = Optional.empty();
    private Optional<ClientResponse> last = Optional.empty();

    /** A listing of everything below a prefix or of its next level, with or without the documents. */
    KeyListing(ClusterClient client, KeyPath prefix, boolean recursive, boolean values) {
        this.client = client;
        this.prefix = prefix;
        this.recursive = recursive;
        this.values = values;
    }

    boolean hasValues() {
        return values;
    }

    boolean hasNext() {
        return last.isEmpty() || next.isPresent();
    }

    /** The next page of at most so many entries. */
    JsonValue page(int size) throws CommandException {
        String target = prefix.target() + "?limit=" + size + (recursive ? "&recurse" : "")
                + (values ? "&values" : "")
                + next.map(key -> "&after=" + PercentEncoding.encode(key)).orElse("");
        ClientResponse response = client.ask(ClientRequest.get(target), prefix + " was not listed");
        last = Optional.of(response);
        next = Optional.of(response.member("next")).filter(key -> !key.isEmpty());
        try {
            return response.json();
        } catch (JsonException e) {
            throw response.foreign(e);
        }
    }

    /** The keys of the next page. */
    List<String> keys(int size) throws CommandException {
        JsonValue page = page(size);
        try {
            List<String> keys = new ArrayList<>();
            for (JsonValue key : page.field("keys").orElseThrow(() -> page.wrong("no keys")).elements()) {
                keys.add(key.string());
            }
            return keys;
        } catch (JsonException e) {
            throw foreign(e);
        }
    }

    /** The number of keys: the count of the node where it may tell it, else of all pages. */
    long count(int size) throws CommandException {
        long count = 0;
        while (hasNext()) {
            int keys = keys(size).size();
            try {
                if (last.get().json().field("count").isPresent()) {
                    return last.get().number("count");
                }
            } catch (JsonException e) {
                throw foreign(e);
            }
            count += keys;
        }
        return count;
    }

    /** The failure of a listing that is not one of a KVS node. */
    CommandException foreign(JsonException failure) {
        return last.get().foreign(failure);
    }
}
