package kvs.http;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import kvs.model.AsciiParsers;

/**
 * The content codings that a client accepts, by {@code Accept-Encoding} (RFC 9110, section 12.5.3). A pure
 * function with a truth table in its test.
 *
 * <ol>
 * <li>Without the field nothing is coded, though anything may be.</li>
 * <li>A coding is accepted when it is listed, or else {@code *} is, with a weight above 0.</li>
 * <li>The plain form is accepted unless {@code identity;q=0} is listed, or {@code *;q=0} without
 * {@code identity}.</li>
 * <li>The greatest weight wins; a plain form that is not listed has the least. Between equals the order is
 * gzip, deflate, plain.</li>
 * <li>A member that is no coding with a weight is ignored: the field is only advice.</li>
 * </ol>
 *
 * @param best the coding that the client prefers; empty for the plain form
 * @param plain whether the plain form is accepted too
 */
public record AcceptedCodings(Optional<ContentCoding> best, boolean plain) {

    /** What a client accepts that does not say. */
    public static final AcceptedCodings NONE = new AcceptedCodings(Optional.empty(), true);
    /** A body of this length is not worth a coding: it fits into one packet. */
    public static final int WORTH_BYTES = 1_024;
    private static final String HEADER = "Accept-Encoding";
    private static final int THOUSAND = 1_000;
    private static final int DECIMALS = 3;

    /** What a request accepts. */
    public static AcceptedCodings of(RequestHeaders headers) {
        return headers.has(HEADER) ? of(headers.get(HEADER).orElseThrow()) : NONE;
    }

    /** What the value of the field accepts. */
    static AcceptedCodings of(String field) {
        Map<ContentCoding, Integer> weights = new EnumMap<>(ContentCoding.class);
        OptionalInt any = OptionalInt.empty();
        OptionalInt plain = OptionalInt.empty();
        for (String member : field.split(",")) {
            int mark = member.indexOf(';');
            String name = (mark < 0 ? member : member.substring(0, mark)).strip().toLowerCase(Locale.ROOT);
            OptionalInt weight = mark < 0 ? OptionalInt.of(THOUSAND) : weight(member.substring(mark + 1));
            if (weight.isPresent()) {
                switch (name) {
                    case "gzip", "x-gzip" -> weights.put(ContentCoding.GZIP, weight.getAsInt());
                    case "deflate" -> weights.put(ContentCoding.DEFLATE, weight.getAsInt());
                    case "identity" -> plain = weight;
                    case "*" -> any = weight;
                    default -> { }
                }
            }
        }
        int others = any.orElse(0);
        Optional<ContentCoding> best = Optional.empty();
        int most = Math.max(1, plain.orElse(others));
        for (ContentCoding coding : ContentCoding.values()) {
            int weight = weights.getOrDefault(coding, others);
            if (weight > most || weight == most && best.isEmpty()) {
                best = Optional.of(coding);
                most = weight;
            }
        }
        return new AcceptedCodings(best, plain.orElse(any.orElse(THOUSAND)) > 0);
    }

    /** The coding of a body of that length; a short one is coded only for who refuses the plain form. */
    public Optional<ContentCoding> of(int bytes) {
        return bytes > WORTH_BYTES || !plain && bytes > 0 ? best : Optional.empty();
    }

    /** The weight of {@code q=0.5}, in thousandths; empty when it is none. */
    private static OptionalInt weight(String text) {
        int equal = text.indexOf('=');
        String value = text.substring(equal + 1).strip();
        if (equal < 0 || !text.substring(0, equal).strip().equalsIgnoreCase("q") || value.isEmpty()) {
            return OptionalInt.empty();
        }
        String decimals = value.length() > 1 && value.charAt(1) == '.' ? value.substring(2) : "";
        boolean whole = value.length() == 1 || value.charAt(1) == '.';
        // The digits after the point, filled up with zeros.
        OptionalLong digits = AsciiParsers.number(value.charAt(0) + (decimals + "000").substring(0, DECIMALS),
                1 + DECIMALS);
        return whole && decimals.length() <= DECIMALS && digits.isPresent() && digits.getAsLong() <= THOUSAND
                ? OptionalInt.of((int) digits.getAsLong()) : OptionalInt.empty();
    }
}
