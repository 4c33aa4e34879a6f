package kvs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import kvs.bundle.Partner;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.world.Clock;
import kvs.world.FailureText;

/** The file that carries the secret of a link from one site to the other, once, by hand. */
final class LinkFile {

    private static final int BYTES_MAX = 1 << 20;

    private final Invocation invocation;
    private final String file;

    /** The link file of that name; {@code -} is the standard input. */
    LinkFile(Invocation invocation, String file) {
        this.invocation = invocation;
        this.file = file;
    }

    /** The partner that made the text of a link file, under the name that it has here. */
    static Partner partner(String name, String text) throws MisuseException {
        try {
            return Partner.ofLink(name, text, Clock.REAL.wallMs());
        } catch (IllegalArgumentException e) {
            throw new MisuseException(FailureText.text(e));
        }
    }

    /** Its text. */
    String text() throws MisuseException, IOException {
        if (file.equals(Invocation.STANDARD)) {
            try (InputStream in = invocation.in()) {
                return new String(in.readNBytes(BYTES_MAX), StandardCharsets.UTF_8);
            }
        }
        String text = invocation.files().text(file)
                .orElseThrow(() -> new MisuseException("there is no file " + file));
        invocation.files().exposed(file).ifPresent(access -> invocation.err().println("kvs: " + file
                + " holds a secret, and may be " + access + " by others: delete it when this is done"));
        return text;
    }

    /** Makes it, with the text that a partner of this site needs. */
    void write(String text) throws IOException {
        if (!invocation.files().create(file, text)) {
            throw new IOException(file + " exists: name a new file");
        }
    }
}
