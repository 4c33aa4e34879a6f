package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.tree.Entry;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyHistoryTest {

    private static final UUID ANN = new UUID(1, 1);
    private static final UUID BOB = new UUID(1, 2);
    private static final KeyHistory.Visibility READER = (owner, living) -> owner.isPresent()
            && owner.equals(living.isPresent() ? living : Optional.of(ANN));
    private static final KeyHistory.Visibility ADMIN = (owner, living) -> true;

    /**
     * A version: its timestamp; {@code <} what it replaced; {@code e} when it expires; {@code d} for a
     * tombstone; {@code b} for Bob's.
     */
    private static Version version(String text) {
        long timestamp = Long.parseLong(text.replaceAll("\\D.*", ""));
        UUID owner = text.contains("b") ? BOB : ANN;
        return new Version(Key.of("k"), new UUID(9, timestamp), timestamp, new Dot(ANN, timestamp), 1,
                new Version.Lineage(number(text, "<", 0), 0), owner, owner,
                number(text, "e", Version.FOREVER), text.contains("d"), new byte[0]);
    }

    private static long number(String text, String mark, long otherwise) {
        return text.contains(mark) ? Long.parseLong(text.replaceAll(".*" + mark + "(\\d+).*", "$1"))
                : otherwise;
    }

    /** Versions as they are kept, the present one first; {@code ?} for an unreadable one. */
    private static KeyHistory timeline(String texts, boolean living, KeyHistory.Visibility visibility) {
        List<KeyHistory.Revision> kept = new ArrayList<>();
        for (String text : texts.split(" ")) {
            kept.add(new KeyHistory.Revision(kept.size() - 1, Optional.of(text)
                    .filter(one -> !one.equals("?")).map(KeyHistoryTest::version), 0, false));
        }
        Version present = version(texts.startsWith("?") ? "90" : texts.split(" ")[0]);
        Entry entry = Entry.of(present.key().bytes(), new Entry.RecordLocation(1, 1, 1, 1),
                new Entry.VersionStamp(present.timestamp(), 9, present.timestamp()),
                new Entry.Lifetime(present.expires(), 0, present.deleted()), 0);
        return new KeyHistory(entry, kept, present.owner(), living, visibility);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        // One version, a few, each replaced by the next.
        "30;29;nothing", "30;30;30", "30;99;30", "30<20 20<10 10;10;10", "30<20 20<10 10;19;10",
        "30<20 20<10 10;20;20", "30<20 20<10 10;9;nothing",
        // Deleted or expired then, or only later.
        "30<20d 20<10;25;20", "30d<20 20;30;nothing", "30d<20 20;29;20", "30<20 20e25;24;20",
        "30<20 20e25;25;nothing", "30e40;39;30", "30e40;40;nothing",
        // Forgotten: the oldest one replaced something.
        "30<20 20<10;15;unknown", "30<20 20<10;20;20", "30<20;29;unknown", "30<20;30;30",
        "30<20d 20d<10;15;unknown",
        // Losers of conflicts: last write wins, whenever it came.
        "30 20;25;20", "30 20;19;nothing", "30<10 20<10 10;25;20", "30<10 20 10;15;10",
        // A loser that came late pushed out what was newer: then nobody knows, unless it is after that.
        "30<25 5;27;unknown", "30<25 5;5;unknown", "30<25 25<20 5;25;25", "30<25 25<20 5;22;unknown",
        // Unreadable: only what is newer than all of it is sure.
        "30<20 ? 10;30;30", "30<20 ? 10;25;unknown", "30<20 ? 10;5;unknown", "? 20;25;unknown",
        "? 20;95;unknown"})
    void tellsWhatWasCurrent(String versions, long at, String found) {
        for (boolean turned : new boolean[] {false, true}) {
            KeyHistory.PastState moment = timeline(turned ? turned(versions) : versions, true, ADMIN).at(at);
            assertEquals(found, moment instanceof KeyHistory.Live lived
                    ? Long.toString(lived.revision().version().orElseThrow().timestamp())
                    : moment instanceof KeyHistory.Unknown ? "unknown" : "nothing", versions);
        }
    }

    /** The order in which they left the present does not matter. */
    private static String turned(String versions) {
        List<String> texts = new ArrayList<>(List.of(versions.split(" ")));
        Collections.reverse(texts.subList(1, texts.size()));
        return String.join(" ", texts);
    }

    /** What Ann's key shows to its reader; {@code d} dead now. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "30<20 20<10 10;30 20 10", "30<20 20<10b 10b;30",
        // Of before a deletion only what was hers; the deletion itself is of before.
        "40<30 30d<20 20;40 30 20", "40<30 30db<20 20b;40", "50<40 40db<30 30b 20d<10 10;50 20 10",
                "40<30 30b 20db;40",
        // A life that had ended when it was replaced is a deletion too.
        "40<30 30be35;40", "40<30 30be45;40", "40<30 30be35 20;40 20",
        // What is unreadable may have been a deletion.
        "40<30 ? 20b 10;40 10", "40<30 30b ?;40",
        // The greatest first, wherever it stands.
        "40 10 30 20;40 30 20 10"})
    void showsTheReaderOfALivingKey(String versions, String shown) {
        assertEquals(shown, text(timeline(versions, true, READER)));
        assertEquals(versions.split(" ").length, timeline(versions, true, ADMIN).shown().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"40d<30 30;40 30", "40d<30 30 20db 10b;40 30",
        "40db<30 30b 20d 10;20 10", "40db 30b;''", "40e41<30 30b;40", "40d<30 ? 20;40 20"})
    void showsToEachTheirsOfADeadKey(String versions, String shown) {
        assertEquals(shown, text(timeline(versions, false, READER)));
    }

    /** What was another's before is not there, and that it is missing is no hint either. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"40<30 30db<20 20b<10;25;nothing", "40<30 30db<20 20b<10;35;nothing",
        "40<30 30db<20 20b<10;5;nothing", "40<30 30db<20 20b<10;45;40",
        // The same life, but of an owner who gave it away: what it was then is not known to the owner of now.
        "40<30 30b<20 20b;35;unknown", "40<30 30b<20 20b;15;nothing"})
    void whatTheyMayNotSeeWasNotThere(String versions, long at, String found) {
        KeyHistory.PastState moment = timeline(versions, true, READER).at(at);
        assertEquals(found, moment instanceof KeyHistory.Live ? "40"
                : moment instanceof KeyHistory.Absent ? "nothing" : "unknown");
    }

    /** {@code revision_history_max: 0}: there is only the present, and what it replaced is not known. */
    @Test
    void withoutHistoryThereIsOnlyThePresent() throws IOException, UnusableDirectoryException {
        LocalDocuments node = new LocalDocuments();
        node.store = Store.open(new StorageEnvironment(new SimDisk(new SimDice(1)), node.clock,
                new SimDice(1), Logger.none()),
                StorageSettings.DEFAULT.keeping(new StorageSettings.SpaceSettings(0, 50, 0)));
        node.documents = new Documents(node.store, node.clock, node.modes, new Documents.Settings(4_096, 0));
        UUID first = node.put("k", "1").uuid();
        node.clock.advance(10);
        node.put("k", "2");
        KeyHistory timeline = node.documents.history().of(Key.of("k"), node.access).orElseThrow();
        assertEquals(1, timeline.shown().size());
        assertEquals(Optional.empty(), node.documents.history().version(timeline, first));
        assertEquals(new KeyHistory.Unknown(), timeline.at(node.clock.wallMs() - 1));
    }

    private static String text(KeyHistory timeline) {
        return String.join(" ", timeline.shown().stream()
                .map(one -> one.version().map(v -> Long.toString(v.timestamp())).orElse("?")).toList());
    }
}
