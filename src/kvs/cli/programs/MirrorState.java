package kvs.cli.programs;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.world.FileTree;

/**
 * The record of the files that a mirror has made, as JSON in {@code .kvs-mirror/state}:
 * <pre>
 *   {"format":1,"prefix":"app/","text":false,"position":"",
 *    "files":[{"path":"db","key":"db","digest":"9f86…","next":""}],"directories":["web"]}
 * </pre>
 * It is written before files are changed and again after: {@code digest} is empty for a file that is to be
 * made, and {@code next} is the content that is to come. So a file is ours if it has a digest, or if its
 * content is what was to come. The members {@code text} and {@code position} say nothing any more: older
 * programs read them, and an empty position makes them compare everything. Never change this format.
 *
 * @param prefix the prefix of the keys
 * @param files our files by their paths
 * @param directories the directories that we have made, or are to make
 */
record MirrorState(String prefix, Map<String, OwnFile> files, Set<String> directories) {

    private static final String STATE = MirrorFileNames.OWN + "/state";
    private static final String FRESH = MirrorFileNames.OWN + "/state.new";
    private static final int FORMAT = 1;
    private static final int FILES_MAX = 1 << 20;

    /**
     * A file.
     *
     * @param key its key, relative to the prefix
     * @param digest the digest of its content, hexadecimal; empty for a file that is to be made
     * @param next the digest of the content that is to come; empty for none
     */
    record OwnFile(String key, String digest, String next) { }

    /** The state of a directory that is for the keys below {@code prefix}; one without files if it is new. */
    static MirrorState load(FileTree tree, String prefix) throws IOException, CommandException {
        Optional<byte[]> saved = tree.read(STATE);
        if (saved.isEmpty()) {
            return new MirrorState(prefix, Map.of(), new TreeSet<>());
        }
        try {
            MirrorState state = decode(saved.get());
            if (!state.prefix().equals(prefix)) {
                throw new CommandException(ExitStatus.FAILED, "nothing was mirrored: " + tree.where()
                        + " holds the keys below '" + state.prefix() + "'. Name another directory, or remove "
                        + tree.where() + "/" + MirrorFileNames.OWN + " to let its files alone");
            }
            return state;
        } catch (JsonException damaged) {
            throw new CommandException(ExitStatus.FAILED, "nothing was mirrored: " + tree.where() + "/"
                    + STATE + " is damaged, so that nobody knows which files are the mirror's. Remove "
                    + tree.where() + "/" + MirrorFileNames.OWN + " and the files of the mirror", damaged);
        }
    }

    /** Replaces the state of a directory, durably. */
    void save(FileTree tree) throws IOException {
        tree.write(FRESH, encode(), STATE);
        tree.replace(FRESH, STATE);
        tree.force(MirrorFileNames.OWN);
    }

    private byte[] encode() {
        JsonWriter json = new JsonWriter().object().field("format", FORMAT).field("prefix", prefix)
                .field("text", false).field("position", "").name("files").array();
        files.forEach((path, file) -> json.object().field("path", path).field("key", file.key)
                .field("digest", file.digest).field("next", file.next).end());
        json.end().name("directories").array();
        directories.forEach(json::value);
        return json.end().end().toLine();
    }

    private static MirrorState decode(byte[] bytes) throws JsonException {
        JsonValue json = JsonValue.parse(bytes);
        if (member(json, "format").asLong() != FORMAT) {
            throw json.wrong("of another format");
        }
        Map<String, OwnFile> files = new TreeMap<>();
        for (JsonValue file : member(json, "files").elements(FILES_MAX)) {
            files.put(member(file, "path").string(), new OwnFile(member(file, "key").string(),
                    member(file, "digest").string(), member(file, "next").string()));
        }
        Set<String> directories = new TreeSet<>();
        for (JsonValue directory : member(json, "directories").elements(FILES_MAX)) {
            directories.add(directory.string());
        }
        return new MirrorState(member(json, "prefix").string(), files, directories);
    }

    private static JsonValue member(JsonValue json, String name) throws JsonException {
        Optional<JsonValue> member = json.field(name);
        return member.orElseThrow(() -> json.wrong("without the member " + name));
    }
}
