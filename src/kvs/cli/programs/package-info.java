/**
 * The commands that give documents to programs that know nothing of KVS: as files, and as environment
 * variables.
 *
 * <pre>
 *   DocumentFeed ─▶ the documents below a prefix, from one moment of a node to the next
 *     MirrorCommand ─▶ Mirror ─┬▶ MirrorFiles (MirrorState, StagingArea, MirrorFileNames) files
 *                              └▶ TemplateOutputs (Template)           files made of several documents
 *     EnvCommand ─┬▶ EnvironmentReader, EnvironmentNames               variables of a child process
 *                 └▶ RestartLoop ─▶ RestartingChild                    started again when they change
 * </pre>
 *
 * <p>A step from one moment to the next never shows a part of an atomic batch of the node that is asked: the
 * pages of changes up to one that reaches the present are applied together.
 */
package kvs.cli.programs;
