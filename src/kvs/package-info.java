/**
 * KVS: a key-value store for JSON documents, spoken to with curl, as one jar with nothing but the JDK. This
 * page is the architecture as built.
 *
 * <h2>Map</h2>
 * A package imports only packages of a lower rank; a test checks that.
 * <pre>
 * 12 kvs            Main: arguments to exit status
 * 11 kvs.cli        the table of commands, and the commands on the machine of a node
 * 10 kvs.node       the wiring: Node starts the parts in order and closes them in reverse
 *    kvs.cli.programs  documents as files and as environment variables of programs
 *    kvs.cli.access    the commands on rights and accounts, by the API
 *    kvs.cli.operation the commands of people who run nodes, by the API
 *  9 kvs.cli.keys   the commands on keys and documents, by the API
 *    kvs.gateway    the stages of every request: validation, authentication, routing, authorisation,
 *                   bodies, audit
 *  8 kvs.api        one resource per file, the JSON of the API, the manual and the console
 *    kvs.api.sites  the resources for partners, bundles and merges
 *    kvs.ratelimit  how many requests a client may send, and the fields that tell it
 *  7 kvs.http       words of HTTP: request, response, route, headers, conditions, problems
 *    kvs.transfer   documents in files, out of a node and in: lines, dumps of other stores
 *  6 kvs.routes     the table of routes: parameters, bodies, answers, reasons, examples
 *    kvs.cluster    members, gossip, feed and diff, coverage, purge floor
 *    kvs.streams    event streams of changes: groups, lanes, turns
 *    kvs.bundle     partners, and the files that sites without a network exchange
 *    kvs.proof      files that prove what a document was, signed by a node
 *    kvs.client     the client side of the API: contexts, endpoints with fail-over, the position
 *  5 kvs.documents  operations on documents: conditions, expiry, batches, listings, watches, changes,
 *                   history, purging
 *    kvs.auth       users, groups, tokens, permissions, and the rules of access
 *    kvs.audit      the tamper-evident log of who did what
 *    kvs.backup     schedule, backup file, restore
 *  4 kvs.store      the index, the one writer, compaction, scrub
 *  3 kvs.recovery   the state that a directory holds: checkpoint and replay, notes, verification
 *    kvs.command    the framework of the command line: descriptions, parsing, help, completion, output
 *    kvs.events     the events of the cluster, in memory and in a file
 *    kvs.server     HTTP/1.1 on selectors behind the API of the JDK's server; TLS
 *  2 kvs.log        bytes on the disk: segment, group, record, MANIFEST
 *    kvs.tls        the certificate of the node, and whom it trusts
 *    kvs.peer       signed messages between nodes, the secret of the cluster
 *    kvs.config     settings and the YAML subset
 *    kvs.metrics    counters and their text
 *    kvs.health     the list of problems
 *  1 kvs.tree       the index that is the Merkle tree, and range diff
 *    kvs.model      key, version, order, coverage, refusals: no I/O
 *  0 kvs.world      doors to time, chance, disk, network, threads
 *    kvs.json       strict JSON that keeps the text
 *    kvs.deflate    reused deflaters, and the sample that tells whether a text shrinks
 * </pre>
 *
 * <h2>Four walks</h2> <b>PUT of a document.</b> {@code Loop}, {@code Connection}, {@code Parser} read the
 * request (or {@code FastRequests}, which knows its header fields, and takes a shorter way through the same
 * stages); {@code HttpFrontend} brings it to {@code Pipeline} (the stages are drawn in {@code kvs.gateway});
 * {@code DocumentResource} validates the JSON ({@code JsonValidator}) and the conditions
 * ({@code ConditionalHeaders}); {@code Documents} deflates it ({@code DocumentCodec},
 * {@code EncodedDocument}) and submits a {@code DocumentWrite}, which is a {@code Write}.
 * {@code Writer}, on its thread or on a loop, takes all writes that wait, lets each decide against a
 * {@code Transaction} (conditions, rights, {@code UnstampedVersion} to {@code Version}), collects their
 * records in a {@code GroupBuffer},
 * appends the group by {@code Journal} to the active {@code Segment} with one fsync, applies the
 * {@code IndexWriteSet}s to the {@code Tree}, publishes the next {@code LogState}, wakes {@code Watches},
 * {@code Changes}, {@code ChangeStreams} and {@code Feed}, and completes the {@code WriteReceipt}s, from
 * which the loops answer. Acknowledged means fsynced.
 *
 * <p><b>A replicated write.</b> {@code Follower} polls the {@code Feed} of each member through
 * {@code PeerClient} ({@code FeedPage}); after a loss it compares digests of ranges ({@code RangeDiff},
 * {@code SyncService}). {@code VersionReceiver} checks each {@code ReplicatedVersion} and submits a
 * {@code RemoteWrite}; in the writer's step {@code MergeRule} decides and {@code ConflictResolver} keeps the
 * greater version, on every node alike ({@code MergeRule}), and {@code StoreNotes} notes the coverage in the
 * same group ({@code CoverageTracker}). Cursors, copies, positions of clients and purging come from this one
 * vector: {@code ReplicationRules.due} decides after what time a tombstone may be purged, {@code PeerHistory}
 * which nodes must have it, {@code Purger} purges it, and {@code PurgedWatermarks} remembers what is gone.
 *
 * <p><b>A start after a crash.</b> {@code Main}, {@code Node}; {@code DataDirectoryCheck} recognises the
 * directory; {@code Recovery} reads {@code Manifest} and the newest good {@code Checkpoint}
 * ({@code CheckpointReader}), and {@code Replay} rebuilds the index from the rest by {@code SegmentScan},
 * which tells a torn tail from rot ({@code TornWriteDetector}, {@code DamagedRecords}). {@code AuditRecovery}
 * does the same for the audit log. Then {@code CoverageTracker} decides whether this node may claim what it
 * covered, {@code Membership} joins, and {@code HttpFrontend} opens the port.
 *
 * <p><b>GET of a document.</b> {@code FastRequests} and {@code CachedRequester} respond to most of them from
 * the bytes of the request; the others pass the same stages as a PUT, and {@code InlinePolicy} lets them run
 * on the loop of their connection. {@code Documents} takes the published {@code ReadView}, which never
 * changes, finds the {@code Entry} in the {@code Tree}, asks {@code EffectiveRights} with the same root, and
 * {@code VersionReader} reads the {@code Record} from its {@code Segment} and checks it. No lock, no waiting.
 * A document that is stored deflated goes out as {@code StoredDocument}, with head and trailer of its
 * {@code ContentCoding}, to a client that accepts that; {@code ContentCodingStage} codes other long JSON.
 *
 * <h2>Rights, problems, two versions</h2> The pipeline finds out once who sends a request
 * ({@code BearerAuthenticator}) and whether its route is open to them ({@code RouteAuthorizer}). The rights
 * on a key are judged where the key is used: reads with the root that they look at, writes in the writer's
 * step, so that no change of rights slips in between. Users, tokens and permissions are documents under
 * reserved keys and as durable as all others. Each fault is a {@code HealthProblem} of a kind;
 * {@code HealthRegistry} is the one list behind {@code /health} and the metric {@code kvs_problems}; each
 * event of the cluster ({@code EventKind}) is one line of the log and one entry of {@code EventLog}, by the
 * same call ({@code Logger.event}). {@code kvs.documents} and {@code kvs.auth} do not know each other:
 * documents ask an {@code AccessContext}, and {@code kvs.http} answers from {@code EffectiveRights}. Data
 * that travels between nodes in a new form waits until all members that may come back can read it
 * ({@code ProtocolGate}, {@code MemberProtocolGate}); a new kind of record in the log needs a new format in
 * {@code Manifest}, which older programs refuse. Most new facts are a note ({@code StoreNotes}), which needs
 * neither.
 *
 * <h2>Where to add</h2>
 * <dl>
 * <dt>a command</dt><dd>{@code XCommand} with its {@code CommandSpec}, and a name and a line in
 * {@code Commands}; {@code make docs} writes the man page. For a running node {@code ClientSession} and
 * {@code ClusterClient}; results by {@code ResultWriter}; the manual's page of the command line; its lines in
 * the {@code transcript.txt} of the tests</dd>
 * <dt>a setting</dt><dd>{@code SettingTable}, read in {@code kvs.node}; the manual's configuration page and
 * {@code conf/kvs.yaml}</dd>
 * <dt>a metric</dt><dd>the part counts, {@code NodeMetrics} or {@code ClusterMetrics} registers;
 * {@code MetricFamilies} of the tests</dd>
 * <dt>an event</dt><dd>{@code EventKind}, and {@code Logger.event} in the place of {@code info} or
 * {@code warn}; the table of events on the manual's page of monitoring</dd>
 * <dt>a reason of a refusal</dt><dd>{@code Reason}, {@code Problems.status}, {@code ProblemHelp}, the
 * descriptions of the routes that have it; {@code RefusalReport} if an operator must act</dd>
 * <dt>a route</dt><dd>its description in {@code kvs.routes} and {@code RouteTable}, its resource in
 * {@code kvs.api}, its wiring in {@code kvs.node} and {@code InMemoryApi}; {@code make docs}</dd>
 * <dt>a query parameter</dt><dd>the route's description; its entity tag, its link to the next page;
 * {@code make docs}</dd>
 * <dt>a member of an answer</dt><dd>the schema and the example in the route's description; {@code make
 * docs}</dd>
 * <dt>a stage of every request</dt><dd>{@code Pipeline}, drawn in {@code kvs.gateway};
 * {@code Pipeline.answered} is the last place that may change a response. {@code CachedRequester} passes the
 * same stages: what concerns reads of documents goes there too, or their header field is left to the
 * pipeline</dd>
 * <dt>a field of the heartbeat</dt><dd>a tag and its owner in {@code kvs.cluster}, collected in
 * {@code Replication.fields} and {@code ClusterWiring}</dd>
 * <dt>a kind of record</dt><dd>{@code Record}, {@code Replay}, {@code LiveRecordCopier},
 * {@code CompactedRangeNote}, {@code BackupReader}, {@code Manifest}</dd>
 * <dt>a view of the console</dt><dd>a module of {@code kvs/console} (JavaScript), named in {@code data.js},
 * {@code access.js} or {@code main.js}; {@code ConsoleLooksTest}; the manual's page of the console</dd>
 * <dt>a right</dt><dd>{@code Right}, {@code PermissionBits}, {@code PermissionBitsEvaluator},
 * {@code TokenScope}, {@code SettingType}, {@code ProtocolGate}</dd>
 * <dt>the file of another store</dt><dd>in: {@code FileFormat}, an {@code EntryReader} and an
 * {@code EntryParser}, what is lost as {@code EntryNote}; out: {@code ExportFormat}, a
 * {@code DocumentEncoder}; the manual's page about moving</dd>
 * <dt>a rule between sites</dt><dd>{@code BundleRules} and its table; the format of the file is drawn in
 * {@code kvs.bundle}; the manual's page of sites without a network</dd>
 * <dt>a verdict on a file of a partner</dt><dd>{@code FileVerdict} with its exit status, its sentence in
 * {@code BundleReceiver}; the table on the manual's page of sites without a network</dd>
 * <dt>a later format of a file</dt><dd>its number where the format is drawn, the name of the version that
 * reads it ({@code NeededVersion}), and a sample of the format before it in {@code StoredSamplesTest}, or
 * {@code BundleFileTest} for a bundle</dd>
 * <dt>a directory that something else carries</dt><dd>{@code OutgoingSpool} and {@code IncomingSpool}, which
 * know no site: {@code SiteFiles} makes and takes the files</dd>
 * <dt>an event of the audit log</dt><dd>an administrator's route is logged by itself; an act of a caller in
 * {@code AuditRecorder}, a line of the log itself in {@code AuditWriter}, drawn in {@code AuditLine}</dd>
 * </dl>
 *
 * <h2>Glossary</h2>
 * <dl>
 * <dt>origin, life</dt><dd>the id of a data directory from its making, restore or copy to its end</dd>
 * <dt>boot</dt><dd>one start of a directory; its number is in the high bits of the sequence numbers</dd>
 * <dt>dot</dt><dd>origin and sequence number: the name of one write</dd>
 * <dt>follower</dt><dd>the reading end of a member's feed; {@code Followers} are this node's, one for each
 * member</dd>
 * <dt>heartbeat</dt><dd>the {@code NodeStatus} in a {@code GossipMessage}; only its tagged fields grow</dd>
 * <dt>scrub</dt><dd>the verification of a running node; {@code DirectoryVerification} is that of a stopped
 * one, {@code BackupReader} that of a backup</dd>
 * <dt>coverage</dt><dd>origin to sequence number: every write up to there is here, superseded, or purged</dd>
 * <dt>whole</dt><dd>a node that lacks nothing it should have; only a whole node claims coverage</dd>
 * <dt>position</dt><dd>the progress of a client in the cluster's writes: a coverage and a time</dd>
 * <dt>floor</dt><dd>the highest numbers that were purged: a position below it may have missed something</dd>
 * <dt>group</dt><dd>the records that one fsync makes durable</dd>
 * <dt>note</dt><dd>a small value under a name in the log, beside the keys</dd>
 * <dt>door</dt><dd>the interface to something outside the program: clock, dice, disk, network, threads</dd>
 * <dt>lock</dt><dd>metadata on a path that takes rights away from others</dd>
 * <dt>own keys</dt><dd>the keys below a path that their user has made</dd>
 * <dt>anchor, witness</dt><dd>number and hash of a line of the audit log; a member that remembers one</dd>
 * <dt>window</dt><dd>the time after which a silent member may be forgotten
 * ({@code bootstrap_max_age_hours})</dd>
 * <dt>site, partner</dt><dd>a cluster, or one node; another one, reached only by files</dd>
 * <dt>zone</dt><dd>a set of keys that travels between sites as one</dd>
 * <dt>bundle, receipt</dt><dd>a file with the versions of zones; one that only says what is covered</dd>
 * <dt>proof</dt><dd>a file with a version and the line of the audit log about it, signed by a node</dd>
 * <dt>place</dt><dd>segment, offset and length of a record</dd>
 * </dl>
 *
 * <h2>Invariants</h2>
 * <ol>
 * <li>The order on versions is a strict total order over their data.</li>
 * <li>An acknowledged write survives a crash, or is superseded by a greater version.</li>
 * <li>A replica's version of a key only grows, but for a purge; a purged key comes back only by a write that
 * the purging nodes had never seen, from a node that nobody had heard for longer than the window.</li>
 * <li>Coverage of an origin up to n means that every version of it up to n is here, superseded, or purged; a
 * node that is not whole claims none.</li>
 * <li>Sum and count of every node of the tree equal a recount; a published root is never modified.</li>
 * <li>No reader sees an expired or unreadable value as a good one, nor an older value in the place of an
 * unreadable one.</li>
 * <li>Every queue, body, batch, page and wait has a bound.</li>
 * <li>No request without the right credential changes or reveals anything; no secret reaches a log or a
 * response.</li>
 * </ol>
 *
 * <h2>Absent on purpose</h2> No dependency, no reflection, no static state, no thread that waits for a write,
 * a watch, or the reader of an event stream (with the engine {@code jdk} one for each stream).
 */
package kvs;
