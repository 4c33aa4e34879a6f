package kvs.world;

import java.util.Optional;

/** The interface to the terminal of a person, if there is one. One thread. */
public interface TerminalDevice {

    /** A standard stream of the process. */
    enum Stream { IN, OUT, ERR }

    /** Whether a stream is a terminal. */
    boolean has(Stream stream);

    /** Reads a line that is not shown; empty when no terminal can do that, or at its end. */
    Optional<String> readHidden(String prompt);
}
