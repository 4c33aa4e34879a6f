package kvs.cli.keys;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.http.PercentEncoding;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/** The history of a key, newest version first, as one node keeps it. Immutable. */
final class Revisions {

    private static final int PAGE = 1_000;
    /** More versions than a node keeps of a key. */
    private static final int VERSIONS_MAX = 10_000;

    private final KeyPath key;
    private final List<Revision> versions;

    private Revisions(KeyPath key, List<Revision> versions) {
        this.key = key;
        this.versions = versions;
    }

    /** Reads the history of a key, with or without the documents, at most {@code limit} versions. */
    static Revisions read(ClusterClient client, KeyPath key, boolean values, long limit)
            throws CommandException {
        List<Revision> versions = new ArrayList<>();
        long most = Math.min(limit, VERSIONS_MAX);
        Optional<String> next = Optional.of("");
        while (next.isPresent() && versions.size() < most) {
            String after = next.get().isEmpty() ? "" : "&after=" + PercentEncoding.encode(next.get());
            ClientResponse response = client.ask(ClientRequest.get(key.target() + "?revisions&limit="
                    + Math.min(PAGE, most - versions.size()) + (values ? "" : "&values=false") + after),
                    "the history of " + key + " was not read");
            next = Optional.of(response.member("next")).filter(text -> !text.isEmpty());
            try {
                for (JsonValue item : ListedKey.member(response.json(), "revisions").elements()) {
                    versions.add(Revision.of(item));
                }
            } catch (JsonException e) {
                throw response.foreign(e);
            }
        }
        return new Revisions(key, versions);
    }

    /** All versions, newest first. */
    List<Revision> all() {
        return versions;
    }

    /** The present version; empty when the history is. */
    Optional<Revision> current() {
        return versions.stream().filter(Revision::current).findFirst();
    }

    /** The version whose id begins or ends with a text. */
    Revision named(String part) throws CommandException {
        List<Revision> fitting = versions.stream()
                .filter(one -> one.uuid().startsWith(part) || one.uuid().endsWith(part)).toList();
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        throw new CommandException(fitting.isEmpty() ? ExitStatus.ABSENT : ExitStatus.FAILED,
                fitting.isEmpty()
                ? "the history of " + key + " has no version '" + part + "'; 'kvs history " + key
                        + "' lists them"
                : "several versions of " + key + " are named '" + part + "': type more of the id, of "
                        + String.join(", ", fitting.stream().map(Revision::uuid).toList()));
    }
}
