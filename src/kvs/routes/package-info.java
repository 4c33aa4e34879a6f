/**
 * The table of routes: the one place that describes each request of the API, beside the resource that serves
 * it. A family of routes has a file, with the same stem as its resource where there is one.
 *
 * <pre>
 *   RouteDescription ─┬─ QueryRules ─ Parameter ─ ParameterType    what a query may hold
 *                     ├─ Schema, Schemas                           bodies, JSON Schema 2020-12
 *                     ├─ ResponseDescription, Reason               what comes back
 *                     └─ Example                                   sent by a test
 *   DocumentRoutes, ListingRoutes, BatchRoutes, ChangesRoutes, MetadataRoutes, UserRoutes, TokenRoutes,
 *   AdminRoutes, ClusterRoutes, NodeRoutes ─▶ RouteTable
 * </pre>
 * From it come: the check of parameters and conditions before a handler runs ({@code kvs.http}), the names of
 * the members of a body, {@code GET /openapi.json}, the list of {@code GET /}, and the manual's page of the
 * API. Tests compare every answer with it.
 */
package kvs.routes;
