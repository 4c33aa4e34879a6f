/**
 * The resources of the HTTP API, one file each, and the JSON of their answers. A resource reads a {@code Request}, asks the documents, the
 * accounts or the cluster, and returns a {@code Response}, at once or later from another thread. It does not know which engine runs it.
 *
 * <pre>
 *   /kv/…        DocumentResource (RevisionResponses), ListingResource, RangeResource, ChangesResource, BatchResource, TouchResource,
 *                RestoreResource, MetadataResource
 *   /auth/…      UsersResource, GroupsResource, TokensResource, WhoamiResource; AuthDisabledResource while accounts are off
 *   /members/…   MembersResource, PeerResource (signed requests of other nodes)      /sync/…  MerkleResource, PeerResource
 *   /admin/…     BackupResource, MaintenanceResource, ModeResource, AuditLogResource, AuditWitnessResource
 *   the rest     HealthResource, MetricsResource, ProblemResource
 * </pre>
 * {@code VersionJson}, {@code AccountJson} and {@code Pagination} are shared by resources that show versions, accounts and pages.
 */
package kvs.api;
