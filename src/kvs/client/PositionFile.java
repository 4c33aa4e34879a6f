package kvs.client;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.world.TextFiles;
import kvs.world.UserFiles;

/**
 * The last position of this user in a cluster, and the node that responded last, kept between commands:
 * {@code $XDG_STATE_HOME/kvs/NAME}, two lines. So a command sees the writes of the command before it,
 * whichever node responds. Two commands at the same time may lose one position; each still sees its own
 * writes. A file that cannot be read or written counts as none: it only saves time.
 */
final class PositionFile {

    private final TextFiles files;
    private final String path;
    private Saved saved = Saved.NONE;

    /**
     * The content.
     *
     * @param position the position; empty for none
     * @param endpoint the URL of the node that responded last; empty for none
     */
    record Saved(String position, String endpoint) {

        static final Saved NONE = new Saved("", "");
    }

    PositionFile(TextFiles files, String path) {
        this.files = files;
        this.path = path;
    }

    Saved read() {
        saved = text().map(text -> {
            List<String> lines = text.lines().toList();
            return lines.size() == 2 ? new Saved(lines.get(0), lines.get(1)) : Saved.NONE;
        }).orElse(Saved.NONE);
        return saved;
    }

    private Optional<String> text() {
        try {
            return files.text(path);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** Writes the content if it has changed; the result is whether the file holds it. */
    boolean write(Saved now) {
        // Compared by hand: the equals of a record costs a start 20 ms at its first use.
        if (now.position.equals(saved.position) && now.endpoint.equals(saved.endpoint)) {
            return true;
        }
        try {
            UserFiles.replaceLoosely(path, now.position + "\n" + now.endpoint + "\n");
            saved = now;
            return true;
        } catch (IOException unwritable) {
            return false;
        }
    }
}
