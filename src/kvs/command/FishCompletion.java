package kvs.command;

import java.util.List;

/** The completion of the command line in fish, made from the table of commands. */
public final class FishCompletion {

    private FishCompletion() { }

    /** The script, to be sourced. */
    public static String of(CommandTable table) {
        StringBuilder script = new StringBuilder("""
                # Completion of kvs in fish: kvs completion fish | source
                function __kvs_keys
                  set -l dir (string match -r '^.*/' -- (commandline -ct))
                  kvs ls -o raw --timeout 2s $dir[1] 2>/dev/null
                end
                """);
        for (CommandSpec spec : table.specs()) {
            script.append("complete -c kvs -n __fish_use_subcommand -a ").append(spec.name()).append(" -d ")
                    .append(quoted(spec.summary())).append('\n');
        }
        for (CommandSpec spec : table.specs()) {
            String begin = "complete -c kvs -n '__fish_seen_subcommand_from " + spec.name() + "'";
            for (OptionSpec option : spec.allOptions()) {
                script.append(begin).append(" -l ").append(option.name().substring(2))
                        .append(option.hasLetter() ? " -s " + option.letter() : "")
                        .append(option.isFlag() ? "" : " -r" + values(option.type(), option.choices()))
                        .append(" -d ").append(quoted(option.help())).append('\n');
            }
            arguments(script, begin, spec);
        }
        return script.toString();
    }

    private static void arguments(StringBuilder script, String begin, CommandSpec spec) {
        for (UsagePattern form : spec.forms()) {
            if (!form.arguments().isEmpty()) {
                ArgumentSpec first = form.arguments().get(0);
                String values = values(first.type(), first.choices());
                script.append(values.isEmpty() ? "" : begin + values + "\n");
                return;
            }
        }
    }

    private static String values(ValueType type, List<String> choices) {
        if (!choices.isEmpty()) {
            return " -f -a " + quoted(String.join(" ", choices));
        }
        return switch (type) {
            case FILE, DIRECTORY -> "";
            case KEY, PREFIX -> " -f -a '(__kvs_keys)'";
            case CONTEXT -> " -f -a '(kvs context ls -o raw 2>/dev/null)'";
            case PAGE -> " -f -a '(kvs docs --names 2>/dev/null)'";
            case COMMAND -> " -f -a '(kvs help --names 2>/dev/null)'";
            case FLAG, TEXT, NUMBER, DURATION, TIME, CHOICE, URL -> " -f";
        };
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
