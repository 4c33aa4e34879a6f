package kvs.http;

import java.io.IOException;
import java.io.OutputStream;

/** What brings an answer to its socket. */
interface Carrier {

    /** Something that touches only the socket. */
    @FunctionalInterface
    interface SocketWork {
        void run() throws IOException;
    }

    /** Nothing stands between, because the engine itself cuts who does not read. */
    Carrier PLAIN = new Carrier() {

        @Override
        public void moving(SocketWork work) throws IOException {
            work.run();
        }

        @Override
        public OutputStream moving(OutputStream out) {
            return out;
        }
    };

    /** Does {@code work}. */
    void moving(SocketWork work) throws IOException;

    /** {@code out}, as it should be written to. */
    OutputStream moving(OutputStream out);
}
