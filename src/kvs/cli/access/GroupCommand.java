package kvs.cli.access;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.ValueType;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;

/** The command {@code group}: creates, lists and removes groups, and changes their members. */
public final class GroupCommand implements Command {

    private static final byte[] NONE = {};
    private static final int FIRST_USER = 2;

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public GroupCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("group", "create, list and remove groups, and change their members")
                .form(ArgumentSpec.choice("ls", List.of("ls"), "list them; the default").optional())
                .form(ArgumentSpec.choice("add|rm|show", List.of("add", "rm", "show"), "create or remove one,"
                        + " or list its members"),
                        ArgumentSpec.of("GROUP", ValueType.TEXT, "its name; except to create it, also the"
                                + " id"))
                .form(ArgumentSpec.choice("add|join|leave", List.of("add", "join", "leave"), "create one with"
                        + " members, or put users in or out"),
                        ArgumentSpec.of("GROUP", ValueType.TEXT, "its name"),
                        ArgumentSpec.of("USER", ValueType.TEXT, "a user, by name or id").many())
                .note("The members of a group are replaced as a whole: of two administrators who change one"
                        + " group at the same moment the later one wins.")
                .example("kvs group add staff john ann", "a group with two members")
                .example("kvs group join staff max", "one more")
                .example("kvs group show staff", "its members")
                .status(ExitStatus.ABSENT, "there is no such group or user")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        String verb = arguments.maybe(0).orElse("ls");
        String name = arguments.maybe(1).orElse("");
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            Accounts accounts = new Accounts(client);
            switch (verb) {
                case "add" -> results.add(added(client, accounts, arguments));
                case "rm" -> results.add(removed(client, accounts, name));
                case "show" -> show(client, accounts, name, results);
                case "join", "leave" -> results.add(changed(client, accounts, arguments));
                default -> {
                    for (JsonValue group : accounts.all(Accounts.GROUPS, "groups",
                            "the groups were not listed")) {
                        results.add(new Row().text("name", Accounts.text(group, "name"))
                                .text("uuid", Accounts.text(group, "uuid")));
                    }
                }
            }
        }
        return ExitStatus.DONE;
    }

    private static Row added(ClusterClient client, Accounts accounts, Arguments arguments)
            throws CommandException {
        String name = arguments.at(1);
        String undone = name + " was not created";
        JsonWriter body = new JsonWriter().object().field("name", name);
        members(body, users(accounts, arguments, undone));
        ClientResponse response = client.ask(ClientRequest.json("POST", Accounts.GROUPS,
                body.end().toBytes(), ClientRequest.Repeat.HARMFUL), undone);
        return new Row().text("name", name).text("uuid", response.member("uuid")).text("done", "created");
    }

    /** The ids of the users that the arguments name. */
    private static Set<String> users(Accounts accounts, Arguments arguments, String undone)
            throws CommandException {
        Set<String> ids = new LinkedHashSet<>();
        List<String> rest = arguments.rest();
        for (String user : rest.subList(Math.min(FIRST_USER, rest.size()), rest.size())) {
            ids.add(accounts.user(user, undone));
        }
        return ids;
    }

    private static void members(JsonWriter body, Set<String> ids) {
        body.name("members").array();
        ids.forEach(body::value);
        body.end();
    }

    private static Row removed(ClusterClient client, Accounts accounts, String name) throws CommandException {
        String undone = name + " was not removed";
        String id = accounts.group(name, undone);
        client.ask(ClientRequest.json("DELETE", Accounts.GROUPS + "/" + id, NONE,
                ClientRequest.Repeat.HARMLESS), undone);
        return new Row().text("name", name).text("uuid", id).text("done", "removed");
    }

    private static void show(ClusterClient client, Accounts accounts, String name, ResultWriter results)
            throws CommandException {
        String undone = name + " was not read";
        for (String id : present(client, accounts.group(name, undone), undone)) {
            results.add(new Row().text("nickname", accounts.nickname(id)).text("uuid", id));
        }
    }

    private static Set<String> present(ClusterClient client, String id, String undone)
            throws CommandException {
        return client.ask(ClientRequest.get(Accounts.GROUPS + "/" + id), undone).read(json -> {
            Set<String> members = new LinkedHashSet<>();
            for (JsonValue member : JsonFields.list(json, "members")) {
                members.add(member.string());
            }
            return members;
        });
    }

    private static Row changed(ClusterClient client, Accounts accounts, Arguments arguments)
            throws CommandException {
        String name = arguments.at(1);
        String undone = name + " was not changed";
        String id = accounts.group(name, undone);
        Set<String> members = present(client, id, undone);
        Set<String> users = users(accounts, arguments, undone);
        if (arguments.at(0).equals("join")) {
            members.addAll(users);
        } else {
            members.removeAll(users);
        }
        JsonWriter body = new JsonWriter().object();
        members(body, members);
        client.ask(ClientRequest.json("PUT", Accounts.GROUPS + "/" + id, body.end().toBytes(),
                ClientRequest.Repeat.HARMLESS), undone);
        return new Row().text("name", name).text("uuid", id)
                .number("members", members.size(), members.size() + " members");
    }
}
