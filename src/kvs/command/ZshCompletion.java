package kvs.command;

import java.util.List;

/** The completion of the command line in zsh, made from the table of commands. */
public final class ZshCompletion {

    private ZshCompletion() { }

    /** The script, for a directory of {@code $fpath} under the name {@code _kvs}. */
    public static String of(CommandTable table) {
        StringBuilder script = new StringBuilder("""
                #compdef kvs
                # Completion of kvs in zsh: kvs completion zsh > "${fpath[1]}/_kvs"
                _kvs_keys() {
                  local dir=; [[ $PREFIX == */* ]] && dir=${PREFIX%/*}/
                  compadd -S '' -- ${(f)"$(kvs ls -o raw --timeout 2s "$dir" 2>/dev/null)"}
                }
                _kvs() {
                  local -a commands
                  commands=(
                """);
        table.specs().forEach(spec -> script.append("    ")
                .append(quoted(spec.name() + ":" + spec.summary())).append('\n'));
        script.append("  )\n  if ((CURRENT == 2)); then _describe command commands; _files; return; fi\n"
                + "  local command=$words[2]\n  shift words; ((CURRENT--))\n  case $command in\n");
        for (CommandSpec spec : table.specs()) {
            script.append("    ").append(spec.name()).append(") _arguments -s");
            for (OptionSpec option : spec.allOptions()) {
                String help = "[" + plain(option.help()) + "]" + (option.isFlag() ? ""
                        : ":" + plain(option.placeholder()) + ":" + action(option.type(), option.choices()));
                script.append(" \\\n      ").append(quoted(option.name() + help));
                if (option.hasLetter()) {
                    script.append(" \\\n      ").append(quoted("-" + option.letter() + help));
                }
            }
            script.append(arguments(spec)).append(" ;;\n");
        }
        return script.append("  esac\n}\n_kvs \"$@\"\n").toString();
    }

    private static String arguments(CommandSpec spec) {
        for (UsagePattern form : spec.forms()) {
            if (!form.arguments().isEmpty()) {
                ArgumentSpec first = form.arguments().get(0);
                return " \\\n      " + quoted("*:" + plain(first.name()) + ":"
                        + action(first.type(), first.choices()));
            }
        }
        return "";
    }

    private static String action(ValueType type, List<String> choices) {
        if (!choices.isEmpty()) {
            return "(" + String.join(" ", choices) + ")";
        }
        return switch (type) {
            case FILE -> "_files";
            case DIRECTORY -> "_files -/";
            case KEY, PREFIX -> "_kvs_keys";
            case CONTEXT -> "{compadd -- ${(f)\"$(kvs context ls -o raw 2>/dev/null)\"}}";
            case PAGE -> "{compadd -- ${(f)\"$(kvs docs --names 2>/dev/null)\"}}";
            case COMMAND -> "{compadd -- ${(f)\"$(kvs help --names 2>/dev/null)\"}}";
            case FLAG, TEXT, NUMBER, DURATION, TIME, CHOICE, URL -> " ";
        };
    }

    /** A text without the marks of {@code _arguments}. */
    private static String plain(String text) {
        return text.replace("[", "(").replace("]", ")").replace(":", "\\:");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
