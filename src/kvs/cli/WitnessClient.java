package kvs.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import kvs.audit.AuditVerification;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.command.CommandException;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.world.FailureText;

/** Asks a running node for the anchors of an audit log that the members of its cluster keep. */
public final class WitnessClient {

    /** More than any node lists. */
    private static final int MAX = 200_000;

    private WitnessClient() { }

    /** The anchors of the log of the directory {@code origin}. */
    public static List<AuditVerification.WitnessReport> ask(ClusterClient client, UUID origin)
            throws IOException {
        try {
            ClientResponse answer = client.ask(ClientRequest.get("/admin/witnesses"),
                    "the log was not compared with the heads that members remember");
            return answer.read(body -> witnesses(body, origin));
        } catch (CommandException e) {
            throw new IOException(FailureText.text(e), e);
        }
    }

    private static List<AuditVerification.WitnessReport> witnesses(JsonValue body, UUID origin)
            throws JsonException {
        List<AuditVerification.WitnessReport> witnesses = new ArrayList<>();
        for (JsonValue one : member(body, "witnesses").elements(MAX)) {
            if (member(one, "origin").string().equals(origin.toString())) {
                AuditVerification.Anchor head = AuditVerification.Anchor.parse(member(one, "head").string())
                        .orElseThrow(() -> one.wrong("no head"));
                witnesses.add(new AuditVerification.WitnessReport(head,
                        "member " + member(one, "by").string()));
            }
        }
        return witnesses;
    }

    private static JsonValue member(JsonValue object, String name) throws JsonException {
        return object.field(name).orElseThrow(() -> object.wrong("no field " + name));
    }
}
