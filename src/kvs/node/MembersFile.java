package kvs.node;

import java.io.IOException;
import java.util.List;
import kvs.world.FailureText;

/** The file in the data directory with the addresses of members, so that a restart finds them again. */
final class MembersFile {

    /** The wait between two saves. */
    static final long SAVE_MS = 1_000;
    private static final String NAME = "members";

    private final Environment environment;
    private volatile List<String> saved;

    /** The file of the node in {@code environment}, read once. */
    MembersFile(Environment environment) throws IOException {
        this.environment = environment;
        this.saved = environment.files().text(path())
                .map(text -> text.lines().filter(line -> !line.isBlank()).toList()).orElse(List.of());
    }

    private String path() {
        return environment.data().where() + "/" + NAME;
    }

    /** The addresses in the file. */
    List<String> saved() {
        return saved;
    }

    /** Saves the addresses of members if they differ from the file; returns the wait before the next save. */
    long save(List<String> now) {
        try {
            if (!now.equals(saved)) {
                environment.files().replace(path(), String.join("\n", now) + "\n");
                saved = now;
            }
        } catch (IOException e) {
            environment.log().warn("the addresses of members could not be saved", "why", FailureText.text(e));
        }
        return SAVE_MS;
    }
}
