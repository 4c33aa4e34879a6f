package kvs.gateway;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A stream whose bytes go to two streams. */
final class TeeStream extends FilterOutputStream {

    private final OutputStream copy;

    TeeStream(OutputStream out, OutputStream copy) {
        super(out);
        this.copy = copy;
    }

    @Override
    public void write(int one) throws IOException {
        copy.write(one);
        out.write(one);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        copy.write(bytes, from, count);
        out.write(bytes, from, count);
    }
}
