package kvs.server;

/**
 * Decodes a body in chunks as its bytes arrive, in pieces of any size (RFC 9112, section 7.1):
 * <pre>
 *   5;note=x CR LF  h e l l o CR LF  0 CR LF  Name: value CR LF  CR LF
 *   size ext        data             last     trailer            end
 * </pre>
 * It is as strict as the parser of heads, because a text that two programs read differently hides a second
 * request: a size has one to eight hexadecimal digits and nothing before or behind them but an extension,
 * which begins with a semicolon and holds visible characters, spaces and tabs; a line ends with CR LF and
 * nothing else; behind the data stands CR LF. Extensions and trailers are read and ignored.
 *
 * <p>The bounds: a line has at most {@value #LINE_BYTES} bytes, the trailers {@value #TRAILER_BYTES}, and all
 * bytes that are not data at most {@value #OVERHEAD_BYTES} bytes and {@value #OVERHEAD_SHARE} times the data.
 * A client that sends chunks of one byte each, as programs do that write a document word by word, stays just
 * below that. Not thread-safe.
 */
final class ChunkDecoder {

    static final int LINE_BYTES = 256;
    static final int TRAILER_BYTES = 4_096;
    static final int OVERHEAD_BYTES = 16 * 1_024;
    static final int OVERHEAD_SHARE = 8;
    private static final int SIZE_DIGITS = 8;
    private static final int HEX_BITS = 4;

    private enum State { SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER, NAME, VALUE, VALUE_LF,
    END_LF, DONE, BAD }

    private State state = State.SIZE;
    private long size;
    private int digits;
    private int lineBytes;
    private int trailerBytes;
    private long overhead;
    private long data;

    /** Whether the body has ended. */
    boolean done() {
        return state == State.DONE;
    }

    /** Whether it is malformed, or over a bound; no more bytes are accepted then. */
    boolean bad() {
        return state == State.BAD;
    }

    /** Bytes of data that may be taken now; 0 while the next byte is no data. */
    long ready() {
        return state == State.DATA ? size : 0;
    }

    /** Records that {@code count} bytes of data were taken. */
    void taken(int count) {
        size -= count;
        data += count;
        if (size == 0) {
            state = State.DATA_CR;
        }
    }

    /** Decodes one byte that is no data. */
    void next(byte b) {
        overhead++;
        state = overhead > OVERHEAD_BYTES + OVERHEAD_SHARE * data ? State.BAD : after(b & 0xff);
    }

    private State after(int b) {
        return switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> line(b == '\r' ? State.SIZE_LF : visible(b) ? State.EXTENSION : State.BAD);
            case SIZE_LF -> b == '\n' ? begun() : State.BAD;
            case DATA_CR -> b == '\r' ? State.DATA_LF : State.BAD;
            case DATA_LF -> b == '\n' ? fresh() : State.BAD;
            case TRAILER -> trailer(b == '\r' ? State.END_LF : Parser.token(b) ? State.NAME : State.BAD);
            case NAME -> trailer(b == ':' ? State.VALUE : Parser.token(b) ? State.NAME : State.BAD);
            case VALUE ->
                    trailer(b == '\r' ? State.VALUE_LF : visible(b) || b > 0x7f ? State.VALUE : State.BAD);
            case VALUE_LF -> trailer(b == '\n' ? State.TRAILER : State.BAD);
            case END_LF -> b == '\n' ? State.DONE : State.BAD;
            case DATA, DONE, BAD -> State.BAD;
        };
    }

    private State size(int b) {
        int digit = Character.digit(b, 1 << HEX_BITS);
        if (digit >= 0 && digits < SIZE_DIGITS) {
            size = size << HEX_BITS | digit;
            digits++;
            return State.SIZE;
        }
        boolean ends = digits > 0 && (b == ';' || b == '\r');
        return !ends ? State.BAD : b == ';' ? State.EXTENSION : State.SIZE_LF;
    }

    private State begun() {
        return size == 0 ? State.TRAILER : State.DATA;
    }

    private State fresh() {
        digits = 0;
        lineBytes = 0;
        return State.SIZE;
    }

    private State line(State then) {
        lineBytes++;
        return lineBytes > LINE_BYTES ? State.BAD : then;
    }

    private State trailer(State then) {
        trailerBytes++;
        return trailerBytes > TRAILER_BYTES ? State.BAD : then;
    }

    private static boolean visible(int b) {
        return b >= ' ' && b < 0x7f || b == '\t';
    }
}
