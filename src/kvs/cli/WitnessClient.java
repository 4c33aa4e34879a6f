package kvs.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import kvs.audit.AuditVerification;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.transfer.NodeClient;
import kvs.world.Network;

/** Asks a running node for the anchors of an audit log that the members of its cluster keep. */
public final class WitnessClient {

    /** More than any node lists. */
    private static final int MAX = 200_000;

    private WitnessClient() { }

    /** The anchors of the log of the directory {@code origin}. */
    public static List<AuditVerification.WitnessReport> ask(NodeClient nodeClient, UUID origin)
            throws IOException {
        Network.NetworkResponse answer = nodeClient.send("GET", "/admin/witnesses", new byte[0]);
        nodeClient.check(answer);
        try {
            List<AuditVerification.WitnessReport> witnesses = new ArrayList<>();
            JsonValue all = member(JsonValue.parse(answer.body()), "witnesses");
            for (JsonValue one : all.elements(MAX)) {
                if (member(one, "origin").string().equals(origin.toString())) {
                    AuditVerification.Anchor head = AuditVerification.Anchor.parse(member(one, "head")
                            .string()).orElseThrow(() -> one.wrong("no head"));
                    witnesses.add(new AuditVerification.WitnessReport(head,
                            "member " + member(one, "by").string()));
                }
            }
            return witnesses;
        } catch (JsonException e) {
            throw nodeClient.foreign(e);
        }
    }

    private static JsonValue member(JsonValue object, String name) throws JsonException {
        return object.field(name).orElseThrow(() -> object.wrong("no field " + name));
    }
}
