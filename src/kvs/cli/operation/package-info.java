/**
 * The commands of people who run nodes, by the API: the state of the cluster, its members and events, and the
 * care of a node. One file for each command.
 *
 * <p>{@code ClusterReport} is the state of the cluster as a node reports it, {@code BackgroundWorkPoller} the
 * wait for something that a node does in the background. What acts on one node, and not on the cluster,
 * chooses it by {@code NodeSelection} and never goes on at another one.
 *
 * <pre>
 *   DoctorCommand ─▶ SymptomCollector ─▶ Symptoms ─▶ DiagnosisRules ─▶ findings, by CheckTopic
 * </pre>
 */
package kvs.cli.operation;
