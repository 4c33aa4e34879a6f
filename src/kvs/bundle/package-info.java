/**
 * Sites without a network between them: their records of each other, and the files that they exchange.
 *
 * <pre>
 *   SiteRecords ──▶ BundleMaker ──▶ BundleWriter ──▶ FILE ──▶ BundleFile, BundleReader
 *    Partner            ▲                                         └──▶ BundleVerification ──▶ BundleMerge
 *    Statements ──▶ PurgeGuard                                                    Statements ◀─┘
 * </pre>
 * A site is a cluster, or one node. It keeps the partners and the secrets of their links in reserved keys. A
 * zone ({@link kvs.model.Zone}) is a set of keys that travels as one. {@code BundleMaker} writes a bundle of
 * one state of a store: all versions of the zones, or those that the partner's last statement lacks. A
 * receipt is such a statement alone. {@code BundleVerification} checks a file completely, and changes
 * nothing; {@code BundleMerge} takes it. {@code Statements} are what this site knows of a partner:
 * {@code PurgeGuard} keeps dead versions that it may lack. {@code MadeBundle} is what an earlier bundle
 * covered: a new one can begin there. {@code DeltaStart} is the place in the log from which a delta is read.
 * {@code MergeSeries} takes several files; {@code OutgoingSpool} and {@code IncomingSpool} are directories
 * that something else carries. The rules are {@link kvs.model.BundleRules}.
 *
 * <p>{@code BundleReceiver} takes a file on any node, and is the one place of the verdicts and sentences. On
 * a running node {@code Site} has the partners, {@code BundleExports} makes a bundle while it is sent, and
 * {@code SiteMerges} takes files that arrive in parts ({@code IncomingFiles}). Both rest between
 * short pieces while clients are served ({@code BackgroundPacer}). {@code PartnerReports} are what its
 * operator sees; an {@code UnfinishedMerge} is known after a crash too.
 *
 * <p>Coverage that a bundle brings is kept beside that of all keys, under an origin that is derived from the
 * zone and the origin ({@code ZoneNotes}), so it passes through heartbeats and comparisons to the members of
 * a cluster. Each member keeps what it knows of partners in a record of its own. While a bundle is merged, no
 * purge runs in its zones on that node ({@code PurgeRest}). A node without members that has zones begins a
 * new life at each start, so that an old copy of it never gives a number again that a partner knows.
 *
 * <h2>The file</h2> Numbers are big-endian; a time is Unix ms; an id has 16 bytes. Coverages are encoded as
 * {@link kvs.model.Coverage}, zones as {@link kvs.model.Zone}.
 * <pre>
 *    0 8 bytes "KVSBND 1"
 *    8 u32 head           bytes of the head, HMAC included, at most 1 MiB
 *   12 u8  kind           1 bundle, 2 receipt
 *   13 u8  records        format of the frames: 1 or 2, see below
 *   14 u16 zones          1 to 64
 *   16 salt(16)           random; all keys of the file depend on it
 *   32 link(16)           id of the link
 *   48 from(16)           site of the maker
 *   64 to(16)             site that it is for; 0 while the maker does not know it
 *   80 u64 number         for people
 *   88 u64 made           time of the state
 *   96 u64 complete       time up to which all that can come to the maker is covered, 0 if unknown
 *  104 origin(16)         life of the maker's directory
 *  120 u64 boot           its boot
 *  128 zones, that of accounts first, each:
 *        id(16), u32 n, definition(n), u32 n, base(n), u32 n, coverage(n), u32 n, floors(n),
 *        digest(32), u64 entries of the maker's index in the zone
 *        n = 0 for the base of a full zone, and in a receipt
 *    . HMAC-SHA256(32)    over all of the above
 *    . frames             each: u32 bytes, AES-256-GCM ciphertext with its tag(16). The nonce is u32 0, u64
 *                         number of the frame from 0; the associated data is one byte, 1 for the last frame
 *        in it            records = 2: {@code FrameEncoder} draws it. The content is at most 1 MiB before it
 *                         is deflated, or one record
 *                         records = 1: u16 place of the zone in the head, u16 0, u32 number of records,
 *                         records ({@link kvs.log.ReplicatedVersion}); at most 1 MiB, or one record
 *                         Zones in the order of the head. In a full zone each key of the maker's index once,
 *                         ascending; in a delta in any order
 *    . trailer            8 bytes "KVSBNDND", u64 bytes of the file, u64 highest timestamp of a version,
 *                         for each zone u64 versions, u64 bytes of their records;
 *                         SHA-256(32) of everything before it, HMAC-SHA256(32) over the trailer before it
 * </pre>
 * The keys are HKDF-SHA256 of the link secret with the salt, for "kvs bundle head 1", "kvs bundle body 1" and
 * "kvs bundle trailer 1".
 *
 * <p>Example, the start of {@code version1.bundle} among the samples of the tests: bundle 5 of site …0a with
 * one zone, the path {@code a}, with one origin, full, nothing purged, 2 entries:
 * <pre>
 *   4b5653424e442031  00000104  01 01 0001  37e9671c45376d5dccf635ee9e9e2fa4
 *   link …01  from …0a  to 0…0  0000000000000005  0000018bcfe56800  0000018bcfe47da0
 *   bdd732262feb6e9528efe333b266f103  000000006553f100
 *   f188724d32ce826a87fe815a60f78df7  00000002 610a  00000000
 *   00000019 01 bdd732262feb6e9528efe333b266f103 32a9f88000000005  00000001 01
 *   a33b3e98…475aa7  0000000000000002  d4b6d59e…094f8f35
 *   00000140 4d156c59…
 *   4b5653424e444e44  00000000000002b0  0000018bcfe56801  0000000000000002 0000000000000128  5da7d33e…
 * </pre>
 * Valid when 1. the length, the HMACs and the SHA-256 are right, 2. every frame opens in its place, 3. every
 * version has the id of its content, is in its zone, and is not covered by the zone's base, 4. the totals of
 * the trailer match, and the digest of each full zone, 5. nothing stands between the parts or behind the
 * trailer.
 *
 * <p>Who has no secret sees the head: sites, times, zones and sizes; no keys, no documents. The secret of a
 * link is 32 random bytes, made for it; it is not that of the cluster.
 *
 * <p>Never change these numbers: a file may lie for years.
 */
package kvs.bundle;
