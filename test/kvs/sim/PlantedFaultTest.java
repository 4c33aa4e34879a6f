package kvs.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import kvs.sim.PlantedFault.Fault;
import kvs.store.TransactionWrite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults that the suite must catch: each breaks one rule of replication, and the witness named beside it sees
 * what the nodes then do.
 */
class PlantedFaultTest {

    /**
     * When the seed that is named does not catch a fault any more, because the runs are others now, so many
     * are tried, to name one that does.
     */
    private static final int SEEDS = 40;

    /**
     * A fault and who sees it.
     *
     * @param witness a test as {@code class#method}, or a storm as {@code Storm#seed} or
     *     {@code ClockStorm#seed}
     */
    record Planting(Fault fault, String witness) {

        @Override
        public String toString() {
            return fault.name();
        }

        static Planting of(String name, String file, String sound, String faulty, String witness) {
            return new Planting(new Fault(name, "kvs/" + file, sound, faulty), witness);
        }
    }

    private static final List<Planting> ALL = List.of(
            Planting.of("an fsync is skipped",
                    "log/LogTail.java", "            force(segment);\n            synced = end + bytes;",
                    "            synced = end + bytes;", "Storm#0"),
            Planting.of("rot at the end of the log passes for a torn write", "log/SegmentScan.java",
                    "return !torn;", "return false;",
                    "store.TailTest#oneBitTakesOneDocumentOfABatchAndItIsNamed"),
            Planting.of("a torn write passes for rot", "log/SegmentScan.java", "return !torn;",
                    "return true;", "store.TailTest#aGroupThatLacksASectorIsCutOff"),
            Planting.of("a log that rests is not closed", "store/DurableEndRecorder.java",
                    "journal.settle();",
                    "journal.force();", "store.TailTest#nothingOfALogThatRestedPassesForATornWrite"),
            Planting.of("a group is written over one that was refused",
                    "log/LogTail.java", "clear();\n        segment.reserve",
                    "segment.reserve", "store.TailTest#aGroupIsWrittenOverZerosOnly"),
            Planting.of("a document has a sector of zeros",
                    "log/DocumentCodec.java", "MARK_BYTES = 256 << 10;",
                    "MARK_BYTES = 64 << 20;", "store.TailTest#noDocumentMakesASectorOfZeros"),
            Planting.of("writes are answered before they are in the log", "store/Writer.java",
                    "            commit(editor);\n            decided.forEach(write -> call(write,"
                            + " Write::written));", "            decided.forEach(write -> call(write,"
                                    + " Write::written));\n            commit(editor);", "Storm#1"),
            Planting.of("numbers are given again after a restart", "log/Manifest.java",
                    "return SequenceNumbers.boot(boots.isEmpty() ? 0 : boots.get(boots.size() - 1)"
                            + ".number, wallMs);",
                    "return Math.max(1, boots.isEmpty() ? 0 : boots.get(boots.size() - 1).number);",
                    "store.StoreTest#neverGivesANumberTwiceAlsoWhenTheClockGoesBack"),
            Planting.of("the older version wins", "model/MergeRule.java",
                    "Optional.of(arriving.timestamp() > held.timestamp);",
                    "Optional.of(arriving.timestamp() < held.timestamp);", "Storm#0"),
            Planting.of("a tie is decided by who holds the version", "model/MergeRule.java",
                    "held.record.get().map(present -> arriving.rank().compareTo(present.rank()) > 0);",
                    "Optional.of(true);", "Storm#3"),
            Planting.of("what was purged is taken again", "model/MergeRule.java",
                    "arriving.purged && !hidden ? Outcome.PURGED : Outcome.FIRST;", "Outcome.FIRST;",
                    "store.ReplicatedVersionTest#aDeadOneThatIsCoveredAndNotHereStaysAway"),
            Planting.of("the loser of a conflict is lost", "model/MergeRule.java",
                    ".map(winner -> Outcome.LOSES_CONFLICT)", ".map(winner -> Outcome.SUPERSEDED)",
                    "store.CompactionTest#keepsTheLoserOfAConflictOnBothSides"),
            Planting.of("the cursor is saved although its data was not taken",
                    "cluster/RemoteWrite.java", "if (complete(merged)) {", "if (true) {",
                    "cluster.CoverageTrackerTest#whatWaitsIsNotCovered"),
            Planting.of("a comparison brings more than the member covered when it began",
                    "cluster/Follower.java", "dependencies.coverageTracker.learn(round.theirs().covered(),",
                    "dependencies.coverageTracker.learn(round.theirs().covered().set(origin,"
                            + " Long.MAX_VALUE / 2),", "Storm#0"),
            Planting.of("an answer of another run of the member ends a comparison", "peer/PeerClient.java",
                    "if (!call.to.test(there.life)) {",
                    "if (false) {", "peer.PeerClientTest#aCallForOneRunIsNotMadeToAnother"),
            Planting.of("a node that is not whole claims coverage", "cluster/CoverageTracker.java",
                    "return whole && settled && !copy ? Optional.of(store.durable()) : Optional.empty();",
                    "return Optional.of(store.durable());",
                    "cluster.CoverageTrackerTest#whatIsDamagedIsMendedByAPeer"),
            Planting.of("an old copy of a directory is not noticed", "cluster/CoverageTracker.java",
                    "if (written > 0 && !store.hasAssigned(written) || end > 0 && !store.hasAssigned(end)) {",
                    "if (false) {", "cluster.CoverageTrackerTest#anOldCopyBeginsANewLife"),
            Planting.of("the feed goes on for a directory that has another id",
                    "cluster/FeedBuffer.java",
                    "return question.origin().equals(store.origin()) && question.held()",
                    "return question.held()",
                    "cluster.FeedTest#aLifeThatIsOverHasNoFeed"),
            Planting.of("the feed forgets the first write of a page", "cluster/FeedBuffer.java",
                    "kept.after(question.after(), EVENTS_MAX)",
                    "kept.after(question.after() + 1, EVENTS_MAX)", "Storm#0"),
            Planting.of("the feed passes what it did not look at",
                    "cluster/FeedBuffer.java", "since.size() == EVENTS_MAX ?", "false ?",
                    "cluster.FeedTest#manyWritesOfFewKeysTakeSeveralPages"),
            Planting.of("tombstones are purged before all have them", "documents/Purger.java",
                    "filter(others::have).ifPresent(due::add);",
                    "ifPresent(due::add);", "cluster.CoverageTrackerTest#purgesWaitForWhoIsAway"),
            Planting.of("what a dead version shadows may still be alive", "model/ReplicationRules.java",
                    "later(Math.max(end, shadowsUntil), SHORT_GRACE_MS)", "later(end, SHORT_GRACE_MS)",
                    "model.ReplicationRulesTest#dueIsAnHourAfterTheLastShadowOrAWindowAfterDeath"),
            Planting.of("a living version is dropped whenever a peer lacks it", "model/ReplicationRules.java",
                    "return peerHad && ageMs > windowMs && (entered || equalMs > windowMs);",
                    "return ageMs >= 0;", "Storm#0"),
            Planting.of("dropping does not ask when the version came", "model/ReplicationRules.java",
                    "&& (entered || equalMs > windowMs);", ";",
                    "model.ReplicationRulesTest#aLivingVersionIsDroppedOnlyWhenTheOthersMustHaveForgottenIt"),
            Planting.of("a stale incarnation is believed", "cluster/MemberTable.java",
                    "if (departed.includes(member)) {", "if (false) {",
                    "cluster.MemberTableTest#ofTwoRowsTheNewerIncarnationCounts"),
            Planting.of("a reader's position goes ahead of what it was told", "documents/Changes.java",
                    "return part(changes, from, first + i);",
                    "return part(changes, now().orElseThrow(), first + i);",
                    "cluster.CoverageTrackerTest#aReaderThatMovesIsToldTheRest"),
            Planting.of("one wrong hour stamps all later writes ahead", "model/ReplicationRules.java",
                    "return timestamp <= wallMs + CLOCK_AHEAD_MS ? timestamp : 0;", "return timestamp;",
                    "ClockStorm#0"),
            Planting.of("nodes that hold the same do not take each other's writes",
                    "model/ReplicationRules.java", "return timestamp - ARRIVAL_AHEAD_MS > Math.max(wallMs,"
                            + " current);", "return timestamp - ARRIVAL_AHEAD_MS > wallMs;",
                    "model.ReplicationRulesTest"
                            + "#aVersionWaitsThatIsADayAheadOfTheWallAndOfWhatItReplaces"),
            Planting.of("what lives for a month is purged under a wall that is a year ahead",
                    "documents/Purger.java", "if (!isSteady() || !others.ready()) {",
                    "if (!others.ready()) {", "documents.PurgerTest#takesNothingUnderAWallThatHasJumped"),
            Planting.of("what is stamped anew loses against what it was", "store/RestampChain.java",
                    "        tx.group().supersede(links.get(links.size() - 1).version);\n", "",
                    "store.RestampTest#whatIsAheadGetsThePresentTimeAndKeepsItsHistory"),
            Planting.of("a site buries nothing", "model/BundleRules.java",
                    "return !dead && bundle.covers(dot);", "return false;",
                    "bundle.SiteOrdersTest#whatThePartnerHasPurgedIsBuried"),
            Planting.of("a site takes what it has had", "bundle/BundleMerge.java",
                    "if (tx.notes().zones().covers(tx.covered(), version.key().bytes(), version.dot())) {",
                    "if (false) {", "bundle.SiteOrdersTest#whatWasPurgedHereStaysAway"),
            Planting.of("a site takes a late file", "model/BundleRules.java",
                    "if (coverage.of(purged.getKey()) < had) {", "if (false) {",
                    "bundle.SiteOrdersTest#lateFileIsRefused"),
            Planting.of("a site merges over a gap", "model/BundleRules.java",
                    "return here.covered.covers(base) ? Verdict.MERGEABLE : Verdict.MISSING;",
                    "return Verdict.MERGEABLE;", "bundle.SiteOrdersTest#fileAfterAGapIsRefused"),
            Planting.of("the most that a partner ever said counts", "model/BundleRules.java",
                    "newer ? coverage : known, high.and(coverage)",
                    "known.and(coverage), high.and(coverage)",
                    "bundle.SiteOrdersTest#partnerThatWasPutBackGetsEverythingAgain"),
            Planting.of("no purge waits for a partner", "model/BundleRules.java",
                    "return !partner.known.covers(dot) && !brought && !silent;", "return false;",
                    "bundle.SiteOrdersTest#tombstoneWaitsForThePartner"),
            Planting.of("a bundle of a zone claims all keys", "store/NoteWrites.java",
                    "tx.cover(Coverage.NONE.with(zone.derived(origin), seq));",
                    "tx.cover(Coverage.NONE.with(origin, seq));",
                    "bundle.SiteOrdersTest#bundleOfAZoneClaimsNothingElse"),
            Planting.of("a merge claims before it has all", "bundle/BundleMerge.java",
                    "moveTo(0);",
                    "writes.run(new TransactionWrite<>(SiteRecords.BYTES, this::claim));\nmoveTo(0);",
                    "bundle.SiteOrdersTest#interruptedMergeIsEndedByTheSameFile"),
            Planting.of("floors do not travel", "bundle/BundleMerge.java",
                    "NoteWrites.raiseZone(tx, state.zone(), state.floors());", "",
                    "bundle.SiteOrdersTest#floorsTravelWithAFullBundle"),
            Planting.of("a delta begins below what was purged", "model/BundleRules.java",
                    "|| !base.covers(floors) ?", "?",
                    "bundle.SiteOrdersTest#whatThePartnerHasPurgedIsBuried"),
            Planting.of("an old copy gives numbers again to other sites", "store/NoteWrites.java",
                    "tx.renew(next, own);", "", "bundle.SiteOrdersTest#everyLifeThatWritesHasItsOwnNumbers"),
            Planting.of("floors of zones do not reach the members", "store/NoteWrites.java",
                    "theirs.floors().forEach((zone, purged) -> raiseZone(tx, zone, purged));", "",
                    "cluster.ClusterSitesTest#reportsOfMembersRaiseTheFloors"),
            Planting.of("a member without zones has purged nothing of them", "store/NoteWrites.java",
                    ".forEach(zone -> raiseZone(tx, zone, known.part(zone, floor)));",
                    ".forEach(zone -> { });",
                    "cluster.ClusterSitesTest#reportsOfMembersRaiseTheFloors"),
            Planting.of("members do not know whose versions a zone has", "store/NoteWrites.java",
                    ".forEach(origin -> tx.note(ZoneNotes.ORIGIN + origin, YES));",
                    ".forEach(origin -> { });",
                    "cluster.ClusterSitesTest#whatOneMemberMergesReachesTheOthersWithItsCoverage"),
            Planting.of("purges go on while a bundle is merged", "store/PurgeRest.java",
                    "return !rests.isEmpty() &&", "return false &&",
                    "cluster.ClusterSitesTest#purgesRestWhileABundleIsMerged"),
            Planting.of("a merge begins under rules that were judged before", "bundle/BundleMerge.java",
                    "if (!writes.run(new TransactionWrite<>(SiteRecords.BYTES, this::begin))) {",
                    "if (false) {", "cluster.ClusterSitesTest#fileIsJudgedAgainWhenItsMergeBegins"),
            Planting.of("nodes overwrite what others know of a partner", "bundle/SiteRecords.java",
                    ".map(node -> \"/\" + UUID.nameUUIDFromBytes(node)).orElse(\"\")",
                    ".map(node -> \"\").orElse(\"\")",
                    "cluster.ClusterSitesTest#membersThatHearAtTheSameTimeLoseNothing"),
            Planting.of("a member behind an earlier bundle makes one", "bundle/BundleMaker.java",
                    "if (!notes.coverage(covered, zone).covers(said.told(zone))) {", "if (false) {",
                    "cluster.ClusterSitesTest#memberBehindAnEarlierBundleMakesNone"),
            Planting.of("what a silent member has is taken to be here", "cluster/PeerHistory.java",
                    ".getOrDefault(contact.member().origin(), CoveredTime.UNKNOWN).untilMs()).toList());",
                    ".getOrDefault(contact.member().origin(), CoveredTime.UNKNOWN).untilMs()"
                            + " + clock.wallMs()).toList());",
                    "cluster.ClusterSitesTest#completeUntilIsThatOfTheSlowestMember"),
            Planting.of("a joiner serves before it has the accounts", "cluster/CoverageTracker.java",
                    "this.joining = joins && (begins || notes.find(CoverageNotes.JOINING).isPresent());",
                    "this.joining = false;", "cluster.ReplicationTest#aNodeThatReachesNobodyServesNothing"));

    @Test
    void theSoundProgramPasses() throws Exception {
        PlantedFault sound = PlantedFault.with(List.of());
        assertEquals(Optional.empty(), storm(sound, "Storm", 0));
        assertEquals(Optional.empty(), test(sound, "cluster.CoverageTrackerTest#whatWaitsIsNotCovered"));
    }

    static List<Planting> all() {
        return ALL;
    }

    @ParameterizedTest
    @MethodSource("all")
    void eachFaultIsCaught(Planting planting) throws Exception {
        Optional<String> how = caught(planting);
        System.out.println((how.isPresent() ? "caught: " : "MISSED: ") + planting.fault.name()
                + how.map(what -> ": " + what).orElse(""));
        assertTrue(how.isPresent(), "missed");
    }

    private static Optional<String> caught(Planting planting) throws Exception {
        PlantedFault program = PlantedFault.with(List.of(planting.fault));
        String[] named = planting.witness.split("#");
        if (!named[0].endsWith("Storm")) {
            return test(program, planting.witness);
        }
        Optional<String> how = storm(program, named[0], Long.parseLong(named[1]));
        for (long seed = 0; how.isEmpty() && seed < SEEDS; seed++) {
            if (storm(program, named[0], seed).isPresent()) {
                throw new AssertionError("name " + named[0] + "#" + seed + ": the runs are others now");
            }
        }
        return how;
    }

    /** What a storm says that fails. */
    private static Optional<String> storm(PlantedFault program, String name, long seed)
            throws ReflectiveOperationException {
        Class<?> storm = program.loadClass("kvs.cluster." + name);
        return failure(storm.getMethod("run"), storm.getConstructor(long.class).newInstance(seed));
    }

    /** What a test says that fails; of one with a table each row. */
    private static Optional<String> test(PlantedFault program, String witness)
            throws ReflectiveOperationException {
        String[] named = witness.split("#");
        Class<?> test = program.loadClass("kvs." + named[0]);
        Constructor<?> made = test.getDeclaredConstructor();
        made.setAccessible(true);
        for (Method method : test.getDeclaredMethods()) {
            if (method.getName().equals(named[1])) {
                method.setAccessible(true);
                return method.getParameterCount() == 0 ? failure(method, made.newInstance())
                        : table(method, made.newInstance());
            }
        }
        throw new AssertionError("there is no " + witness);
    }

    private static Optional<String> table(Method method, Object test) throws ReflectiveOperationException {
        for (String row : method.getAnnotation(CsvSource.class).value()) {
            String[] cells = row.split(", ");
            Object[] values = new Object[cells.length];
            for (int i = 0; i < cells.length; i++) {
                values[i] = method.getParameterTypes()[i] == boolean.class
                        ? (Object) Boolean.valueOf(cells[i]) : Long.valueOf(cells[i]);
            }
            Optional<String> how = failure(method, test, values);
            if (how.isPresent()) {
                return how;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> failure(Method method, Object on, Object... values)
            throws ReflectiveOperationException {
        try {
            method.invoke(on, values);
            return Optional.empty();
        } catch (InvocationTargetException wrong) {
            return Optional.of(wrong.getCause().toString().lines().findFirst().orElse("")
                    .replaceAll("^[a-zA-Z.]*: ", ""));
        }
    }
}
