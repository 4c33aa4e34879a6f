/**
 * The events of a node and of its cluster as the node sees them: what an operator wants to know the morning
 * after.
 *
 * <pre>
 *   parts of the node ──Logger.event──┬──▶ a line of the log
 *                                     └──▶ EventLog ──▶ GET /admin/events
 *                                             └──once a second──▶ EventFile (events.ndjson)
 * </pre>
 * An event is one fact with one text ({@code EventKind}): the line of the log and the recorded event have the
 * same fields. {@code EventLog} keeps the newest in memory, within bounds of number and bytes; recording one
 * is a short section under a lock and never waits for the disk. {@code EventFile} keeps them across starts.
 * It is not forced to the disk: a killed process loses the last second, a power cut perhaps half a minute,
 * and neither loses anything else. What must not be lost is in the tamper log.
 */
package kvs.events;
