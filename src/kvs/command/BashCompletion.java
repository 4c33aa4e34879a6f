package kvs.command;

import java.util.ArrayList;
import java.util.List;

/** The completion of the command line in bash, made from the table of commands. */
public final class BashCompletion {

    private BashCompletion() { }

    /** The script, to be sourced. */
    public static String of(CommandTable table) {
        StringBuilder script = new StringBuilder("""
                # Completion of kvs in bash: source <(kvs completion bash)
                _kvs_keys() {
                  local dir=; case $cur in */*) dir=${cur%/*}/ ;; esac
                  compopt -o nospace; COMPREPLY=($(compgen -W "$(kvs ls -o raw --timeout 2s "$dir" 2>/dev/null)" -- "$cur"))
                }
                _kvs() {
                  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word i
                  COMPREPLY=()
                  for ((i = 1; i < COMP_CWORD; i++)); do case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac; done
                  case $command in
                """);
        for (CommandSpec spec : table.specs()) {
            script.append("    ").append(spec.name()).append(")\n");
            command(script, spec);
            script.append("      ;;\n");
        }
        script.append("    *) COMPREPLY=($(compgen -W \"").append(String.join(" ", table.names()))
                .append("\" -- \"$cur\")); compopt -o default ;;\n  esac\n}\ncomplete -F _kvs kvs\n");
        return script.toString();
    }

    private static void command(StringBuilder script, CommandSpec spec) {
        List<String> names = new ArrayList<>();
        StringBuilder values = new StringBuilder();
        for (OptionSpec option : spec.allOptions()) {
            names.add(option.name());
            if (!option.isFlag()) {
                String pattern = option.hasLetter() ? option.name() + "|-" + option.letter() : option.name();
                values.append("        ").append(pattern).append(") ")
                        .append(words(option.type(), option.choices())).append("; return ;;\n");
            }
        }
        if (values.length() > 0) {
            script.append("      case $prev in\n").append(values).append("      esac\n");
        }
        script.append("      case $cur in -*) COMPREPLY=($(compgen -W \"").append(String.join(" ", names))
                .append("\" -- \"$cur\")); return ;; esac\n");
        for (UsagePattern form : spec.forms()) {
            if (!form.arguments().isEmpty()) {
                ArgumentSpec first = form.arguments().get(0);
                script.append("      ").append(words(first.type(), first.choices())).append('\n');
                return;
            }
        }
    }

    private static String words(ValueType type, List<String> choices) {
        if (!choices.isEmpty()) {
            return list(String.join(" ", choices));
        }
        return switch (type) {
            case FILE -> "COMPREPLY=($(compgen -f -- \"$cur\"))";
            case DIRECTORY -> "COMPREPLY=($(compgen -d -- \"$cur\"))";
            case KEY, PREFIX -> "_kvs_keys";
            case CONTEXT -> list("$(kvs context ls -o raw 2>/dev/null)");
            case PAGE -> list("$(kvs docs --names 2>/dev/null)");
            case COMMAND -> list("$(kvs help --names 2>/dev/null)");
            case FLAG, TEXT, NUMBER, DURATION, TIME, CHOICE, URL -> ":";
        };
    }

    private static String list(String words) {
        return "COMPREPLY=($(compgen -W \"" + words + "\" -- \"$cur\"))";
    }
}
