package kvs.api;

import java.util.Optional;
import java.util.UUID;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.routes.SharedParameters;

/** The helpers that the resources of accounts share: ids in paths, queries and bodies, and names. */
final class AccountFields {

    /** Maximum bytes of a body: enough for a group of a thousand members. */
    static final int BODY_MAX = 64 << 10;
    private static final int NAME_MAX = 100;

    private AccountFields() { }

    /** The response to a creation; {@code json} is an open object. */
    static Response created(String root, UUID id, JsonWriter json) {
        return Response.json(201, json.end()).with("Location", root + "/" + id);
    }

    /** The id at the end of a path. */
    static UUID id(Request request, String root) {
        return AsciiParsers.uuid(request.path().substring(root.length() + 1))
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "the path does not end with an id"));
    }

    /** The last id of the page before. */
    static Optional<UUID> after(Request request) {
        return request.query().value(SharedParameters.AFTER_ID).map(text -> AsciiParsers.uuid(text)
                .orElseThrow(() -> new Refusal(Reason.BAD_REQUEST, "'after' must be the 'next' of the"
                        + " previous page")));
    }

    /** A member that is an id. */
    static UUID id(JsonBody members, String name) {
        return AsciiParsers.uuid(members.string(name))
                .orElseThrow(() -> members.wrong(name, "is not a UUID"));
    }

    /** A member that is a name for people. */
    static String name(JsonBody members, String name) {
        String text = members.string(name).strip();
        if (text.isEmpty() || text.length() > NAME_MAX || text.chars().anyMatch(Character::isISOControl)) {
            throw members.wrong(name,
                    "a name must have 1 to " + NAME_MAX + " characters, without control characters");
        }
        return text;
    }

    /** Writes an id or null. */
    static void idOrNull(JsonWriter json, String name, UUID id) {
        json.name(name);
        if (id.equals(Version.NOBODY)) {
            json.raw(new byte[] {'n', 'u', 'l', 'l'});
        } else {
            json.value(id.toString());
        }
    }
}
