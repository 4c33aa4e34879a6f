package kvs.cli.programs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import kvs.cli.keys.KeyPath;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.ValueType;
import kvs.world.Logger;
import kvs.world.Programs;
import kvs.world.RealFileTree;
import kvs.world.Threads;

/** The command {@code mirror}: keeps documents as files, and files made of templates, in step. */
public final class MirrorCommand implements Command {

    private static final String EXEC = "--exec";
    private static final String TEMPLATE = "--template";
    private static final String TEXT = "--text";
    private static final String ONCE = "--once";

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public MirrorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("mirror", "keep the documents below a prefix as files")
                .form(ArgumentSpec.of("PREFIX/", ValueType.PREFIX, "the documents, as in app/"),
                        ArgumentSpec.of("DIR", ValueType.DIRECTORY, "the directory of the files; it is made"
                                + " if need be"))
                .option(OptionSpec.of(EXEC, ValueType.TEXT, "run this line of the shell after each change of"
                        + " the files").shown("CMD"))
                .flag(ONCE, "end when the files are those of the present moment")
                .option(OptionSpec.of(TEMPLATE, ValueType.TEXT, "also make the file OUT of the template IN:"
                        + " {{ key \"app/db\" \"host\" }} is a field of a document").shown("IN=OUT")
                        .repeated())
                .flag(TEXT, "write a document that is a text without its quotes")
                .note("A file is replaced by renaming, so that nobody reads a half one, and removed with its"
                        + " document. All changes up to one moment of a node come before the command runs:"
                        + " all of an atomic batch, or nothing. It goes on at another node when its node"
                        + " dies; after a restart it compares all files and writes those that differ.")
                .note("DIR/.kvs-mirror notes which files are of the mirror. Others are never touched: a key"
                        + " whose file would be in the place of one is told, and has none.")
                .note("A key that is also a prefix becomes NAME/%value, and % in a key %25.")
                .example("kvs mirror app/ /etc/app --exec 'systemctl reload app'", "files, and a reload after"
                        + " each change")
                .example("kvs mirror app/ conf --once", "the files of now")
                .example("kvs mirror app/ /run/app --template app.in=/etc/app.conf --exec 'systemctl reload"
                        + " app'", "one file made of several documents")
                .status(ExitStatus.FAILED, "a key has no file, a template could not be filled, or with"
                        + " --once the command failed")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath prefix = KeyPath.prefix(arguments.at(0));
        boolean text = arguments.has(TEXT);
        RealFileTree tree = RealFileTree.open(arguments.at(1));
        TemplateOutputs outputs = outputs(arguments, prefix, tree.where());
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments);
                MirrorFiles files = MirrorFiles.open(tree, prefix.text());
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            DocumentFeed feed = new DocumentFeed(client, prefix, prefix + " was not mirrored");
            Reporter reporter = new Reporter(arguments, tree.where(), results);
            return new Mirror(new Mirror.Parts(feed::next, files, outputs, reporter),
                    new Mirror.Settings(prefix.text(), text, arguments.has(ONCE))).run();
        }
    }

    private TemplateOutputs outputs(Arguments arguments, KeyPath prefix, String directory)
            throws MisuseException, IOException {
        List<TemplateOutputs.Output> outputs = new ArrayList<>();
        Set<String> outs = new TreeSet<>();
        for (String pair : arguments.all(TEMPLATE)) {
            int equals = pair.indexOf('=');
            if (equals <= 0 || equals == pair.length() - 1) {
                throw new MisuseException(TEMPLATE + " needs two files: app.conf.in=app.conf");
            }
            String in = pair.substring(0, equals);
            Optional<String> text = invocation.files().text(in);
            Template template = Template.parse(in, text.orElseThrow(() -> new MisuseException(
                    "there is no template " + in)));
            for (String key : template.keys()) {
                if (!key.startsWith(prefix.text())) {
                    throw new MisuseException(in + " needs " + key + ", which is not below " + prefix
                            + ": mirror a prefix of both");
                }
            }
            String out = invocation.files().absolute(pair.substring(equals + 1));
            if (out.startsWith(directory + "/")) {
                throw new MisuseException(out + " is in the directory of the mirror: write it elsewhere");
            }
            if (!outs.add(out)) {
                throw new MisuseException("two templates would make " + out + ": give each " + TEMPLATE
                        + " a file of its own");
            }
            int slash = Math.max(out.lastIndexOf('/'), out.lastIndexOf('\\'));
            outputs.add(new TemplateOutputs.Output(template,
                    RealFileTree.open(out.substring(0, Math.max(1, slash))), out.substring(slash + 1)));
        }
        return new TemplateOutputs(outputs);
    }

    /** The person and the shell. */
    private final class Reporter implements Mirror.Surroundings {

        private final Optional<String> line;
        private final String directory;
        private final ResultWriter results;

        Reporter(Arguments arguments, String directory, ResultWriter results) {
            this.line = arguments.option(EXEC);
            this.directory = directory;
            this.results = results;
        }

        @Override
        public int execute() throws IOException {
            results.flush();
            return line.isEmpty() ? 0 : Programs.run(line.get(), List.of(), Map.of());
        }

        @Override
        public void report(String path, boolean written) {
            String file = path.startsWith("/") ? path : directory + "/" + path;
            results.add(new Row().text("file", file).text("done", written ? "written" : "deleted"));
        }

        @Override
        public void note(String text) {
            results.flush();
            invocation.err().println("kvs: " + text);
        }

        @Override
        public void pause(long ms) {
            results.flush();
            new Threads(Logger.none()).pause(ms);
        }
    }
}
