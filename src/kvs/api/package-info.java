/**
 * The resources of the HTTP API, one file each, and the JSON of their responses. A resource reads a
 * {@code Request}, uses the documents, the accounts or the cluster, and returns a {@code Response}, at once
 * or later from another thread. It does not know which engine runs it.
 *
 * <pre>
 *   /kv/…        DocumentResource (RevisionResponses), ListingResource, RangeResource, ChangesResource,
 *                BatchResource, TouchResource, RestoreResource, MetadataResource
 *   /auth/…      UsersResource, GroupsResource, TokensResource, WhoamiResource;
 *                AuthDisabledResource while accounts are off
 *   /members/…   MembersResource, PeerResource (signed requests of other nodes)
 *   /sync/…      MerkleResource, PeerResource
 *   /admin/…     BackupResource, MaintenanceResource, ModeResource, AuditLogResource, AuditWitnessResource,
 *                ProofsResource
 *   /docs/…      ManualResource (Manual)
 *   /console/…   ConsoleResource (ConsoleFile)
 *   the rest     RootResource, OpenApiResource (OpenApiDocument, OpenApiOperation), HealthResource,
 *                MetricsResource, ProblemResource
 * </pre>
 * Resources that show versions, accounts and pages share {@code VersionJson}, {@code AccountFields} and
 * {@code Pagination}.
 */
package kvs.api;
