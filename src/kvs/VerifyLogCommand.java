package kvs;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import kvs.ops.TamperCheck;
import kvs.world.Disk;

/** {@code kvs.jar verify-log}: reads a whole tamper log and names the first line that is not as it was written. It changes nothing. */
final class VerifyLogCommand {

    private final PrintStream out;

    VerifyLogCommand(PrintStream out) {
        this.out = out;
    }

    /** Whether the log is as it was written; {@code secrets} of the cluster, none: the seals are not checked. */
    boolean run(Disk directory, List<byte[]> secrets, Optional<TamperCheck.Anchor> anchor) throws IOException {
        TamperCheck.Result result = TamperCheck.run(directory, Entrance.tamperKeys(secrets), anchor);
        if (result.files() == 0 && result.fault().isEmpty()) {
            throw new IOException("there is no tamper log in " + directory.where());
        }
        result.notes().forEach(note -> out.println("note   " + note));
        result.fault().ifPresent(fault -> out.println("FAULT  " + fault));
        out.println((result.fault().isEmpty() ? "sound: " : "FAULTY after ") + result.lines() + " lines in " + result.files() + " files, head "
                + result.head());
        return result.fault().isEmpty();
    }
}
