package kvs.store;

import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Zone;
import kvs.model.ZoneReport;
import kvs.recovery.StoreNotes;
import kvs.recovery.ZoneNotes;

/**
 * Notes of purges, zones and lives, as parts of a transaction: each only raises what {@link StoreNotes} has.
 * Pure functions of a transaction; the writer's thread only.
 */
public final class NoteWrites {

    private static final byte[] YES = {1};

    private NoteWrites() { }

    /**
     * Notes the purges of another node, as far as they are higher: numbers by origin, and the latest expiry.
     * Those of zones are noted by {@link #takeZones}.
     */
    public static void raiseFloor(Transaction tx, Coverage numbers, long expiredMs) {
        numbers.numbers().forEach((origin, seq) -> {
            if (tx.notes().floor().of(origin) < seq) {
                tx.note(StoreNotes.FLOOR + origin, StoreNotes.number(seq));
            }
        });
        if (expiredMs > tx.notes().floorMs()) {
            tx.note(StoreNotes.FLOOR_TIME, StoreNotes.number(expiredMs));
        }
    }

    /** Takes over what is new in a report of a member: {@link ZoneNotes#covers(ZoneReport, Coverage)}. */
    public static void takeZones(Transaction tx, ZoneReport theirs, Coverage floor) {
        theirs.origins().stream().filter(origin -> !tx.notes().zones().hasOrigin(origin))
                .forEach(origin -> tx.note(ZoneNotes.ORIGIN + origin, YES));
        theirs.floors().forEach((zone, purged) -> raiseZone(tx, zone, purged));
        ZoneNotes known = tx.notes().zones();
        known.all().stream().map(Zone::id).filter(zone -> !theirs.floors().containsKey(zone))
                .forEach(zone -> raiseZone(tx, zone, known.part(zone, floor)));
    }

    /** Notes that a zone is covered, as far as its versions of other sites go. */
    public static void cover(Transaction tx, Zone zone, Coverage covered) {
        covered.numbers().forEach((origin, seq) -> {
            if (tx.covered().of(origin) < seq) {
                if (!tx.notes().zones().hasOrigin(origin)) {
                    tx.note(ZoneNotes.ORIGIN + origin, YES);
                }
                tx.cover(Coverage.NONE.with(zone.derived(origin), seq));
            }
        });
    }

    /**
     * Begins a new life of a directory whose numbers other sites may know, before anything is written to it:
     * nobody can tell whether it is an old copy, whose next numbers were given before. It costs an id.
     * Without zones nothing is done.
     *
     * @param own the last number of a version of the old life that was in the log when it was opened
     */
    public static void beginLife(Transaction tx, UUID next, long own) {
        if (!tx.notes().zones().all().isEmpty()) {
            tx.renew(next, own);
        }
    }

    /**
     * Notes a zone of this site. What was purged before in it is not known, so all that was purged before
     * counts.
     */
    public static void addZone(Transaction tx, Zone zone) {
        if (!tx.notes().zones().all().contains(zone)) {
            tx.note(ZoneNotes.ZONE + zone.id(), zone.definition());
            raiseZone(tx, zone, tx.notes().zones().part(zone.id(), tx.notes().floor()));
        }
    }

    /** Notes purges in a zone, as far as they are higher. */
    public static void raiseZone(Transaction tx, Zone zone, Coverage purged) {
        raiseZone(tx, zone.id(), purged);
    }

    private static void raiseZone(Transaction tx, UUID zone, Coverage purged) {
        Coverage floor = tx.notes().zones().floor(zone);
        purged.numbers().forEach((origin, seq) -> {
            if (floor.of(origin) < seq) {
                tx.note(ZoneNotes.FLOOR + zone + "/" + origin, StoreNotes.number(seq));
            }
        });
    }
}
