/**
 * Tests of the console in a real browser: {@code ConsoleFixture} is two nodes and a {@code Browser}, which is
 * headless Chromium behind the WebDriver protocol. They are skipped where {@code chromedriver} is missing.
 */
package kvs.console;
