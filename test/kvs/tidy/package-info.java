/**
 * The rules of the house as functions over source text: each takes {@link kvs.tidy.Source}s and answers one
 * line per offender, {@code path:line: what is wrong}. No rule has a list of exceptions. {@code TidyTest} one
 * package up runs them over the checkout; the tests here feed them small bad samples, to prove that each can
 * fail.
 *
 * <p>Two ways to look at Java: {@link kvs.tidy.JavaText} blanks comments and literals, so that words can be
 * searched; and {@link kvs.tidy.Outline} is the compiler's own syntax tree, for everything that has
 * structure.
 */
package kvs.tidy;
