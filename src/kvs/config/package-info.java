/**
 * Settings: one table of keys ({@code SettingTable}) is the source of parsing, environment overrides, error
 * texts, the commented {@code config.yaml} and the page of the manual. {@code YamlParser} reads a small
 * subset of YAML that is never misparsed silently; {@code Settings} are the values. The package reads no file
 * and no environment: callers pass text and variables in.
 *
 * <p>An unknown key, a wrong type or an impossible value stops the start; all errors are listed at once, each
 * with its line.
 */
package kvs.config;
