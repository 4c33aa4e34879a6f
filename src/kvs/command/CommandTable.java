package kvs.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of all commands. A command is made when it is asked for: a start loads the classes of one. */
public interface CommandTable {

    /** Commands that belong together, under a title. */
    record Group(String title, List<String> names) { }

    /** All commands in the order of help. */
    List<Group> groups();

    /** The command of that name. */
    Optional<Command> command(String name);

    /** The description of the command without a name, which starts a node. */
    CommandSpec serve();

    /** The names of all commands. */
    default List<String> names() {
        List<String> names = new ArrayList<>();
        groups().forEach(group -> names.addAll(group.names()));
        return names;
    }

    /** The descriptions of all commands of a group. */
    default List<CommandSpec> specs(Group group) {
        List<CommandSpec> specs = new ArrayList<>();
        for (String name : group.names()) {
            specs.add(command(name).orElseThrow(() -> new AssertionError("no command " + name)).spec());
        }
        return specs;
    }

    /** The descriptions of all commands. */
    default List<CommandSpec> specs() {
        List<CommandSpec> specs = new ArrayList<>();
        groups().forEach(group -> specs.addAll(specs(group)));
        return specs;
    }
}
