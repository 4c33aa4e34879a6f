/**
 * Strict JSON (RFC 8259) that never loses the original text. A {@code JsonValue} is a validated slice of the
 * received bytes: documents are stored and returned byte for byte, numbers keep their source text, and a
 * request decodes only the members that it needs. {@code JsonValidator} checks a text, {@code JsonWriter}
 * writes one.
 *
 * <p>Refused beyond the grammar: duplicate names, halves of surrogate pairs, nesting deeper than a bound, a
 * byte order mark, bytes after the value. Validation is one pass whose cost is linear in the length of the
 * text, whatever it contains.
 */
package kvs.json;
