package kvs.cli.programs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.world.FailureText;

/**
 * The loop of {@code kvs mirror}: reads changes up to the present moment of a node, changes the files to it
 * in one step, and runs the command. One thread.
 */
final class Mirror {

    private static final String NOTHING = "nothing was changed";
    private static final String WAITS = "waits for a node";
    private static final long WAIT_MS = 30_000;
    private static final long PAUSE_MS = 1_000;
    /** Keys that fit the memory and a directory with ease. */
    private static final int KEYS_MAX = 100_000;

    private final Parts parts;
    private final Settings settings;
    private final NavigableMap<String, StagingArea.Content> documents = new TreeMap<>();
    private final Set<String> told = new TreeSet<>();
    /**
     * The position of the documents. Each run begins with all of them: changes do not show that a right on
     * some of them was taken away while no mirror ran.
     */
    private String since = DocumentFeed.START;
    private State state = State.UNREAD;
    /** Whether the command ran since the last change of a file, and how it ended. */
    private boolean attempted;
    private boolean failed;

    /** The files beside the documents of the last step. */
    private enum State {
        /** They were not compared yet. */
        UNREAD,
        /** They stayed as they were: a template needs what is not there. */
        UNFILLED,
        /** Some document has no file. */
        PARTIAL,
        /** Each document has its file. */
        WHOLE
    }

    /** The parts that a mirror connects. */
    record Parts(Pages pages, MirrorFiles files, TemplateOutputs outputs, Surroundings surroundings) { }

    /** The source of changes: {@link DocumentFeed#next}. */
    interface Pages {

        DocumentFeed.Page next(String since, long waitMs) throws CommandException;
    }

    /**
     * The settings of a mirror.
     *
     * @param prefix the prefix of the keys
     * @param text whether a document that is a text is written without its quotes
     * @param once whether it ends when the files are those of the present moment
     */
    record Settings(String prefix, boolean text, boolean once) { }

    /** The command, the person, and time. */
    interface Surroundings {

        /** Runs the command after a step, and returns its exit status; 0 when there is none. */
        int execute() throws IOException;

        /** A file was written or deleted: an absolute path, or one below the directory. */
        void report(String path, boolean written);

        /** A sentence for the person. */
        void note(String text);

        /** Waits. */
        void pause(long ms);
    }

    Mirror(Parts parts, Settings settings) {
        this.parts = parts;
        this.settings = settings;
    }

    /** Mirrors until the process ends, or once. */
    ExitStatus run() throws CommandException, IOException {
        long waitMs = 0;
        while (true) {
            Optional<DocumentFeed.Page> page = page(waitMs);
            if (page.isPresent() && !take(page.get()).more()) {
                state = step();
                if (state != State.UNFILLED) {
                    execute();
                }
                if (settings.once) {
                    return state == State.WHOLE && !failed ? ExitStatus.DONE : ExitStatus.FAILED;
                }
                waitMs = WAIT_MS;
            } else {
                waitMs = 0;
            }
        }
    }

    /** The next page; empty when no node serves it now. */
    private Optional<DocumentFeed.Page> page(long waitMs) throws CommandException {
        try {
            Optional<DocumentFeed.Page> page = Optional.of(parts.pages.next(since, waitMs));
            told.removeIf(text -> text.startsWith(WAITS));
            return page;
        } catch (CommandException e) {
            if (settings.once || e.status() != ExitStatus.UNREACHABLE) {
                throw e;
            }
            tell(WAITS + ": " + FailureText.text(e));
            parts.surroundings.pause(PAUSE_MS);
            return Optional.empty();
        }
    }

    private DocumentFeed.Page take(DocumentFeed.Page page) throws CommandException, IOException {
        if (page.isLost()) {
            for (StagingArea.Content content : documents.values()) {
                parts.files.drop(content);
            }
            documents.clear();
            parts.outputs.clear();
        }
        for (DocumentFeed.Item item : page.items()) {
            Optional<StagingArea.Content> before = Optional.ofNullable(documents.remove(item.key()));
            if (before.isPresent()) {
                parts.files.drop(before.get());
            }
            parts.outputs.remove(settings.prefix + item.key());
            if (item.data().isPresent()) {
                parts.outputs.put(settings.prefix + item.key(), item.data().get());
                documents.put(item.key(), parts.files.stage(item.key(), bytes(item.data().get())));
            }
        }
        if (documents.size() > KEYS_MAX) {
            throw new CommandException(ExitStatus.FAILED, "nothing more was mirrored: more than " + KEYS_MAX
                    + " keys are below '" + settings.prefix + "'. Mirror longer prefixes, each to a directory"
                    + " of its own");
        }
        since = page.next();
        return page;
    }

    private byte[] bytes(JsonValue document) throws CommandException {
        try {
            return settings.text ? Template.shown(document).getBytes(StandardCharsets.UTF_8) : document.raw();
        } catch (JsonException e) {
            throw unreadable(e);
        }
    }

    private static CommandException unreadable(JsonException e) {
        return new CommandException(ExitStatus.FAILED, "nothing more was mirrored: a document cannot be read:"
                + " " + FailureText.text(e), e);
    }

    /** Changes the files to the documents. */
    private State step() throws CommandException, IOException {
        Set<String> missing;
        try {
            missing = parts.outputs.prepare();
        } catch (JsonException e) {
            throw unreadable(e);
        }
        if (!missing.isEmpty()) {
            tell(NOTHING + ": a template needs what is not there: " + String.join(", ", missing));
            return State.UNFILLED;
        }
        told.removeIf(text -> text.startsWith(NOTHING));
        boolean settled = state == State.PARTIAL || state == State.WHOLE;
        if (settled && !parts.files.differs(documents) && !parts.outputs.differ()) {
            return state;
        }
        boolean due = parts.files.isDue();
        List<String> outputs = new ArrayList<>();
        MirrorFiles.Step step = parts.files.apply(documents, () -> outputs.addAll(parts.outputs.commit()));
        boolean changed = !outputs.isEmpty() || !step.done().isEmpty();
        attempted &= !changed;
        parts.files.due(due || changed);
        outputs.forEach(path -> parts.surroundings.report(path, true));
        step.done().forEach(one -> parts.surroundings.report(one.path(), one.written()));
        for (Map.Entry<String, String> refused : step.refused().entrySet()) {
            tell(settings.prefix + refused.getKey() + " has no file: " + refused.getValue());
        }
        return step.refused().isEmpty() ? State.WHOLE : State.PARTIAL;
    }

    /** Runs the command, if it is due and did not fail for the same files. */
    private void execute() throws IOException {
        if (attempted || !parts.files.isDue()) {
            return;
        }
        attempted = true;
        int status = parts.surroundings.execute();
        failed = status != 0;
        if (failed) {
            parts.surroundings.note("the command ended with status " + status
                    + "; it runs again after the next change or start");
        } else {
            parts.files.due(false);
        }
    }

    /** Says a sentence, but not again. */
    private void tell(String text) {
        if (told.add(text)) {
            parts.surroundings.note(text);
        }
    }
}
