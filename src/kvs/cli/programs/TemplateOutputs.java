package kvs.cli.programs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.world.FileTree;

/**
 * The files that are made of templates. All are filled before one is replaced; each is whole at any moment,
 * because it is written under another name first, {@code .NAME.kvs-new}. One thread.
 */
final class TemplateOutputs {

    private final List<Output> outputs;
    private final Set<String> keys = new TreeSet<>();
    private final Map<String, JsonValue> documents = new TreeMap<>();
    private List<Output> changed = List.of();

    /**
     * A file that is made of a template.
     *
     * @param template its template
     * @param tree its directory
     * @param name its name there
     */
    record Output(Template template, FileTree tree, String name) {

        private String fresh() {
            return "." + name + ".kvs-new";
        }

        private String path() {
            return tree.where() + "/" + name;
        }
    }

    /** The outputs; what an earlier run left unfinished is removed. */
    TemplateOutputs(List<Output> outputs) throws IOException {
        this.outputs = outputs;
        for (Output output : outputs) {
            output.tree.delete(output.fresh());
            keys.addAll(output.template.keys());
        }
    }

    /** Notes a document, if a template needs it. */
    void put(String key, JsonValue document) {
        if (keys.contains(key)) {
            documents.put(key, document);
        }
    }

    /** Notes that a document is not there. */
    void remove(String key) {
        documents.remove(key);
    }

    /** Notes that no document is known. */
    void clear() {
        documents.clear();
    }

    /** Fills all templates and writes what has changed beside the outputs; returns what is missing. */
    Set<String> prepare() throws IOException, JsonException {
        Set<String> missing = new TreeSet<>();
        Map<Output, byte[]> texts = new LinkedHashMap<>();
        for (Output output : outputs) {
            output.template.filled(documents, missing)
                    .ifPresent(text -> texts.put(output, text.getBytes(StandardCharsets.UTF_8)));
        }
        changed = new ArrayList<>();
        if (missing.isEmpty()) {
            for (Map.Entry<Output, byte[]> text : texts.entrySet()) {
                Output output = text.getKey();
                boolean same = output.tree.read(output.name)
                        .filter(now -> Arrays.equals(now, text.getValue())).isPresent();
                if (!same) {
                    output.tree.write(output.fresh(), text.getValue(), output.name);
                    changed.add(output);
                }
            }
        }
        return missing;
    }

    /** Whether {@link #commit} would change a file. */
    boolean differ() {
        return !changed.isEmpty();
    }

    /** Replaces the outputs that have changed, and returns their paths. */
    List<String> commit() throws IOException {
        List<String> paths = new ArrayList<>();
        for (Output output : changed) {
            output.tree.replace(output.fresh(), output.name);
            output.tree.force("");
            paths.add(output.path());
        }
        changed = List.of();
        return paths;
    }
}
