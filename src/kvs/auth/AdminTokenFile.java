package kvs.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import kvs.model.AsciiParsers;
import kvs.world.ByteOrderMark;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The file {@value #NAME} in the data directory: whoever can read it may administer this node, from this
 * machine. It is no token of the cluster, never replicated and never backed up.
 */
public final class AdminTokenFile {

    /** Name of the file. */
    public static final String NAME = "admin.token";
    /** The start of its text, so that scanners for leaked secrets find it. */
    public static final String PREFIX = "kvs_admin_";
    private static final String TEMPORARY = NAME + ".new";
    private static final int WORDS = 4;
    private static final int LENGTH_MAX = 256;

    private final byte[] text;

    private AdminTokenFile(byte[] text) {
        this.text = text;
    }

    /**
     * The token of a data directory, created if it is missing: 256 random bits, readable by the owner only.
     * If the disk refuses the file, nobody has the token until the next start creates one.
     */
    public static AdminTokenFile open(Disk disk, Dice dice, Logger log) throws IOException {
        if (!disk.list().contains(NAME)) {
            String made = made(dice);
            try {
                create(disk, made);
            } catch (IOException e) {
                log.warn("the disk refused " + NAME + ": the next start creates it",
                        "reason", FailureText.text(e));
                return new AdminTokenFile(made.getBytes(StandardCharsets.UTF_8));
            }
        }
        return new AdminTokenFile(read(disk).getBytes(StandardCharsets.UTF_8));
    }

    /** Its text, for the command line on the same machine. */
    public static String read(Disk disk) throws IOException {
        try (DiskFile file = disk.open(NAME, Disk.Mode.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(LENGTH_MAX, file.size()));
            file.read(bytes, 0);
            String text = ByteOrderMark.skipped(StandardCharsets.UTF_8.decode(bytes.flip()).toString())
                    .strip();
            if (!text.startsWith(PREFIX) || text.length() < PREFIX.length() + Long.BYTES * WORDS
                    || !AsciiParsers.name(text, "_-", LENGTH_MAX)) {
                throw new IOException(disk.where() + "/" + NAME
                        + " does not hold an admin token; remove the file, and the next start creates a new"
                        + " one");
            }
            return text;
        }
    }

    /** Whether a bearer's credential is the token; takes the same time for every credential. */
    boolean is(String bearer) {
        return MessageDigest.isEqual(text, bearer.getBytes(StandardCharsets.UTF_8));
    }

    private static String made(Dice dice) {
        ByteBuffer bits = ByteBuffer.allocate(WORDS * Long.BYTES);
        for (int i = 0; i < WORDS; i++) {
            bits.putLong(dice.bits());
        }
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits.array());
    }

    /** A power cut leaves the complete file or none, and perhaps a temporary one, which is replaced. */
    private static void create(Disk disk, String made) throws IOException {
        if (disk.list().contains(TEMPORARY)) {
            disk.delete(TEMPORARY);
        }
        try (DiskFile file = disk.open(TEMPORARY, Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap((made + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            file.force();
        }
        disk.rename(TEMPORARY, NAME);
        disk.force();
    }
}
