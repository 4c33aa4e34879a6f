package kvs.client;

import kvs.command.CommandException;
import kvs.command.ExitStatus;

/** Turns a refusal of a node into the failure of a command: its exit status, and what to do next. */
public final class RefusalReport {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int PRECONDITION = 412;
    private static final int CONFLICT = 409;
    private static final int TIMEOUT = 408;

    private RefusalReport() { }

    /** The failure; {@code undone} says what was not done, as in {@code users/john was not written}. */
    public static CommandException of(String undone, ClientResponse response) {
        String detail = response.member("detail");
        String why = detail.isEmpty() ? "status " + response.status() : detail;
        String advice = advice(response);
        return new CommandException(status(response), undone + ": " + why
                + (advice.isEmpty() ? "" : ". " + advice));
    }

    private static ExitStatus status(ClientResponse response) {
        return switch (response.status()) {
            case UNAUTHORIZED, FORBIDDEN -> ExitStatus.FORBIDDEN;
            case NOT_FOUND -> ExitStatus.ABSENT;
            case PRECONDITION -> ExitStatus.CONDITION_FAILED;
            case CONFLICT -> response.member("reason").equals("batch_failed") ? ExitStatus.CONDITION_FAILED
                    : ExitStatus.FAILED;
            case TIMEOUT, GONE -> ExitStatus.FAILED;
            default -> Retry.isWorthwhile(response) ? ExitStatus.UNREACHABLE : ExitStatus.FAILED;
        };
    }

    private static String advice(ClientResponse response) {
        return switch (response.member("reason")) {
            case "unauthorized" -> "Sign in by 'kvs login " + response.endpoint()
                    + "', or set KVS_TOKEN; 'kvs token' on the machine of the node makes a token";
            case "bad_json" -> "A value must be JSON: a text needs its quotes, '\"text\"'";
            case "read_only" -> "Make it writable by 'kvs mode read-only off', or name another node by"
                    + " --endpoint";
            case "syncing" -> "Try again when 'kvs status' reports ok, or name another node by --endpoint";
            case "disk_full" -> "Free space on its disk: it then accepts writes again, without a restart";
            case "store_failed" -> "The disk of the node failed, and a write may be on it. Check the disk,"
                    + " restart"
                    + " the node, and look before you repeat the write";
            case "clock_wrong" -> "Set its clock, or name another node by --endpoint";
            case "left" -> "Restart it, or name another node by --endpoint";
            case "behind" -> "The node with your last writes does not respond; --stale reads without them";
            default -> "";
        };
    }
}
