package kvs.cli;

import java.util.List;
import java.util.Optional;
import kvs.bundle.BundleHead;
import kvs.cli.access.CanCommand;
import kvs.cli.access.ChmodCommand;
import kvs.cli.access.ChownCommand;
import kvs.cli.access.GroupCommand;
import kvs.cli.access.UserCommand;
import kvs.cli.keys.ApplyCommand;
import kvs.cli.keys.ConflictsCommand;
import kvs.cli.keys.DiffCommand;
import kvs.cli.keys.EditCommand;
import kvs.cli.keys.GetCommand;
import kvs.cli.keys.HistoryCommand;
import kvs.cli.keys.LsCommand;
import kvs.cli.keys.PutCommand;
import kvs.cli.keys.ResolveCommand;
import kvs.cli.keys.RmCommand;
import kvs.cli.keys.TreeCommand;
import kvs.cli.keys.WaitCommand;
import kvs.cli.keys.WatchCommand;
import kvs.cli.programs.EnvCommand;
import kvs.cli.programs.MirrorCommand;
import kvs.cli.operation.CheckCommand;
import kvs.cli.operation.CompactCommand;
import kvs.cli.operation.DoctorCommand;
import kvs.cli.operation.EventsCommand;
import kvs.cli.operation.MembersCommand;
import kvs.cli.operation.ModeCommand;
import kvs.cli.operation.StatusCommand;
import kvs.command.Command;
import kvs.command.CommandSpec;
import kvs.command.CommandTable;
import kvs.command.Invocation;

/** The table of all commands of the program. Arguments that begin with no command start a node. */
public final class Commands implements CommandTable {

    private static final List<Group> GROUPS = List.of(
            new Group("documents", List.of("put", "get", "ls", "tree", "edit", "rm", "apply")),
            new Group("changes", List.of("watch", "wait")),
            new Group("history and conflicts",
                    List.of("history", "diff", "restore", "conflicts", "resolve")),
            new Group("documents for programs", List.of("mirror", "env")),
            new Group("where the nodes are", List.of("login", "context")),
            new Group("the cluster", List.of("status", "doctor", "events", "members", "mode", "compact")),
            new Group("rights and accounts", List.of("chmod", "chown", "can", "user", "group", "token")),
            new Group("move data", List.of("export", "import")),
            new Group("sites without a network",
                    List.of("partner", "bundle", "merge", "receipt", "inspect", "prove", "check")),
            new Group("on the machine of a node",
                    List.of("health", "backup", "verify", "verify-log", "restamp")),
            new Group("help", List.of("help", "docs", "completion")));

    private final Invocation invocation;

    /** The commands, for one run of the program. */
    public Commands(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public List<Group> groups() {
        return GROUPS;
    }

    @Override
    public CommandSpec serve() {
        return new ServeCommand(invocation).spec();
    }

    @Override
    public Optional<Command> command(String name) {
        return Optional.ofNullable(switch (name) {
            case "put" -> new PutCommand(invocation);
            case "get" -> new GetCommand(invocation);
            case "ls" -> new LsCommand(invocation);
            case "tree" -> new TreeCommand(invocation);
            case "edit" -> new EditCommand(invocation);
            case "rm" -> new RmCommand(invocation);
            case "apply" -> new ApplyCommand(invocation);
            case "watch" -> new WatchCommand(invocation);
            case "wait" -> new WaitCommand(invocation);
            case "history" -> new HistoryCommand(invocation);
            case "diff" -> new DiffCommand(invocation);
            case "conflicts" -> new ConflictsCommand(invocation);
            case "resolve" -> new ResolveCommand(invocation);
            case "mirror" -> new MirrorCommand(invocation);
            case "env" -> new EnvCommand(invocation);
            case "login" -> new LoginCommand(invocation);
            case "context" -> new ContextCommand(invocation);
            case "status" -> new StatusCommand(invocation);
            case "doctor" -> new DoctorCommand(invocation);
            case "events" -> new EventsCommand(invocation);
            case "members" -> new MembersCommand(invocation);
            case "mode" -> new ModeCommand(invocation);
            case "compact" -> new CompactCommand(invocation);
            case "chmod" -> new ChmodCommand(invocation);
            case "chown" -> new ChownCommand(invocation);
            case "can" -> new CanCommand(invocation);
            case "user" -> new UserCommand(invocation);
            case "group" -> new GroupCommand(invocation);
            case "export" -> new ExportCommand(invocation);
            case "import" -> new ImportCommand(invocation);
            case "health" -> new HealthCommand(invocation);
            case "token" -> new TokenCommand(invocation);
            case "backup" -> new BackupCommand(invocation);
            case "restore" -> new RestoreCommand(invocation);
            case "verify" -> new VerifyCommand(invocation);
            case "verify-log" -> new VerifyAuditLogCommand(invocation);
            case "partner" -> new PartnerCommand(invocation);
            case "bundle" -> new BundleCommand(invocation, BundleHead.Kind.BUNDLE);
            case "receipt" -> new BundleCommand(invocation, BundleHead.Kind.RECEIPT);
            case "merge" -> new MergeCommand(invocation);
            case "prove" -> new ProveCommand(invocation);
            case "check" -> new CheckCommand(invocation);
            case "inspect" -> new InspectCommand(invocation);
            case "restamp" -> new RestampCommand(invocation);
            case "help" -> new HelpCommand(invocation, this);
            case "docs" -> new DocsCommand(invocation);
            case "completion" -> new CompletionCommand(invocation, this);
            default -> null;
        });
    }
}
