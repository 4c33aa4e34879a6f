package kvs.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import kvs.deflate.DeflaterPool;
import kvs.deflate.TextChecksums;
import kvs.http.ContentCoding;
import kvs.http.Response;

/** Makes the coded form of a body. Pure functions, but for the deflaters that they use. */
final class CodedBody {

    private static final int BUFFER_BYTES_MIN = 1_024;
    private static final int BUFFER_BYTES_MAX = 32_768;

    private CodedBody() { }

    /** The coded form of a complete body, in pieces of which none is long. */
    static Response.FullBody of(Response.FullBody body, ContentCoding coding, DeflaterPool pool) {
        List<byte[]> coded = new ArrayList<>(List.of(coding.head()));
        TextChecksums.Builder sums = new TextChecksums.Builder();
        byte[] buffer = new byte[Math.max(BUFFER_BYTES_MIN, Math.min(BUFFER_BYTES_MAX, body.length() / 2))];
        Deflater deflater = pool.take();
        try {
            for (byte[] piece : body.pieces()) {
                sums.add(piece, 0, piece.length);
                deflater.setInput(piece);
                while (!deflater.needsInput()) {
                    drain(deflater, buffer, coded);
                }
            }
            deflater.finish();
            while (!deflater.finished()) {
                drain(deflater, buffer, coded);
            }
        } finally {
            pool.give(deflater);
        }
        coded.add(coding.trailer(sums.build()));
        return new Response.FullBody(coded.toArray(byte[][]::new));
    }

    private static void drain(Deflater deflater, byte[] buffer, List<byte[]> coded) {
        int count = deflater.deflate(buffer);
        if (count > 0) {
            coded.add(Arrays.copyOf(buffer, count));
        }
    }

    /** The coded form of a body that is made while it is sent. */
    static Response.StreamedBody of(Response.StreamedBody body, ContentCoding coding, DeflaterPool pool) {
        return out -> {
            TextChecksums.Builder sums = new TextChecksums.Builder();
            Deflater deflater = pool.take();
            try {
                out.write(coding.head());
                var deflated = new DeflaterOutputStream(out, deflater, BUFFER_BYTES_MAX) {

                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        sums.add(bytes, from, length);
                        super.write(bytes, from, length);
                    }
                };
                body.writeTo(deflated);
                deflated.finish();
                out.write(coding.trailer(sums.build()));
            } finally {
                pool.give(deflater);
            }
        };
    }
}
