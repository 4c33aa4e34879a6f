/**
 * Strict JSON (RFC 8259) that never loses the original text. A {@code JsonValue} is a validated slice of the bytes as they came: documents are
 * stored and answered byte for byte, numbers keep their source text, and only what a request needs is looked at.
 *
 * <p>Refused beyond the grammar: duplicate names, halves of surrogate pairs, nesting deeper than a bound, a byte order mark, bytes behind the
 * value. Validation is one pass whose cost is linear in the length of the text, whatever it holds.
 */
package kvs.json;
