package kvs.transfer;

import java.util.Optional;

/** Advice for a user of the command line whose node refuses, by the reason in its response. */
public final class RefusalAdvice {

    private RefusalAdvice() { }

    /**
     * The advice; empty when the refusal itself contains it, or a retry is enough.
     *
     * @param reason the reason in the response
     * @param url the URL of the node
     * @param directory its data directory, as far as it is known
     */
    public static Optional<String> of(String reason, String url, String directory) {
        return Optional.ofNullable(switch (reason) {
            case "read_only" -> "Start it with read_only: false, or make it writable: curl -X PUT " + url
                    + "/admin/mode -H \"Authorization: Bearer $(cat " + directory
                    + "/admin.token)\" -H 'Content-Type: application/json' -d '{\"read_only\":false}'";
            case "syncing" -> "Try again when " + url
                    + "/health reports ok, or do this on another node of its cluster";
            case "disk_full" -> "Free space on its disk: it then accepts writes again, without a restart";
            case "store_failed" -> "Check its disk, then restart it";
            case "clock_wrong" -> "Set its clock, or do this on another node of its cluster";
            case "left" -> "Restart it, or do this on another node of its cluster";
            default -> null;
        });
    }

    /** Whether a retry is useless before the operator has acted. */
    public static boolean isPermanent(String reason) {
        return switch (reason) {
            case "read_only", "store_failed", "left", "clock_wrong" -> true;
            default -> false;
        };
    }
}
