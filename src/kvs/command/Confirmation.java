package kvs.command;

import java.io.IOException;
import java.util.Locale;
import kvs.world.TerminalDevice;

/** The question before something that cannot be undone by one command. */
public final class Confirmation {

    private static final int ANSWER_MAX = 100;

    private Confirmation() { }

    /**
     * Asks a person on a terminal. Where nobody can be asked {@code --yes} must be given.
     *
     * @param what what will be done, as in {@code delete 12 keys}
     * @throws MisuseException if it is not confirmed
     */
    public static void ask(Invocation invocation, boolean yes, String what)
            throws MisuseException, IOException {
        if (yes) {
            return;
        }
        if (!invocation.terminal().has(TerminalDevice.Stream.IN)) {
            throw new MisuseException("nothing was done: add --yes to " + what);
        }
        invocation.err().print("kvs: " + what + "? [y/N] ");
        invocation.err().flush();
        StringBuilder answer = new StringBuilder();
        int c = invocation.in().read();
        while (c >= 0 && c != '\n' && answer.length() < ANSWER_MAX) {
            answer.append((char) c);
            c = invocation.in().read();
        }
        if (!answer.toString().strip().toLowerCase(Locale.ROOT).startsWith("y")) {
            throw new MisuseException("nothing was done: not confirmed");
        }
    }
}
