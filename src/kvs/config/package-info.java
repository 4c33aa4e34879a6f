/**
 * Settings: one table of keys ({@code SettingTable}) from which parsing, environment overrides, error texts, the commented {@code config.yaml} and the
 * table of the README come; a small subset of YAML that never misparses silently; and the settings as values. Reads no file and no
 * environment by itself: text and variables are handed in.
 *
 * <p>An unknown key, a wrong type or an impossible value stops the start; all errors are listed at once, each with its line.
 */
package kvs.config;
