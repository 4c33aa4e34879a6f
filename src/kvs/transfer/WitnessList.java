package kvs.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import kvs.json.JsonException;
import kvs.json.JsonText;
import kvs.ops.TamperCheck;
import kvs.world.Network;

/** The lines of a tamper log that the nodes of a cluster remember, as one of them that runs tells them. */
public final class WitnessList {

    /** More than any node tells. */
    private static final int MAX = 200_000;

    private WitnessList() { }

    /** What is remembered of the log of the directory {@code origin}. */
    public static List<TamperCheck.Witness> ask(Wire wire, UUID origin) throws IOException {
        Network.Answer answer = wire.send("GET", "/admin/witnesses", new byte[0]);
        wire.check(answer);
        try {
            List<TamperCheck.Witness> witnesses = new ArrayList<>();
            JsonText all = member(JsonText.parse(answer.body()), "witnesses");
            for (JsonText one : all.elements(MAX)) {
                if (member(one, "origin").string().equals(origin.toString())) {
                    TamperCheck.Anchor head = TamperCheck.Anchor.parse(member(one, "head").string())
                            .orElseThrow(() -> one.wrong("no head"));
                    witnesses.add(new TamperCheck.Witness(head, "member " + member(one, "by").string()));
                }
            }
            return witnesses;
        } catch (JsonException e) {
            throw wire.foreign(e);
        }
    }

    private static JsonText member(JsonText object, String name) throws JsonException {
        return object.member(name).orElseThrow(() -> object.wrong("no member " + name));
    }
}
