package kvs.config;

import java.util.ArrayList;
import java.util.List;

/** The rules between settings, as pure functions. */
final class SettingRules {

    private static final double NANOS = 1e6;

    private SettingRules() { }

    /** The combinations that stop the start. */
    static List<String> errors(Settings settings) {
        List<String> errors = new ArrayList<>();
        if (settings.number("gossip_interval_min") > settings.number("gossip_interval_max")) {
            errors.add("gossip_interval_min is greater than gossip_interval_max: decrease it,"
                    + " or increase the maximum");
        }
        if (settings.number("suspect_after_ms") < 2 * settings.number("heartbeat_interval_ms")) {
            errors.add("suspect_after_ms must be at least two heartbeat_interval_ms,"
                    + " or members would always be suspect");
        }
        if (settings.text("tls_cert").isEmpty() != settings.text("tls_key").isEmpty()) {
            errors.add("tls_cert and tls_key belong together: set both for https, or neither");
        }
        if (settings.durationMs("rate_limit_window") * NANOS < settings.number("rate_limit_requests")) {
            errors.add("rate_limit_window is too short for this number of rate_limit_requests: increase it");
        }
        if (settings.durationMs("rate_limit_window") == 0) {
            errors.add("rate_limit_window must be greater than 0; rate_limiting_enabled:"
                    + " false disables the limit");
        }
        return errors;
    }

    /** The combinations that start but do not fully take effect. */
    static List<String> notices(Settings settings) {
        List<String> notices = new ArrayList<>();
        if (!settings.flag("auth_enabled") && !loopback(settings.text("bind_address"))) {
            notices.add("auth_enabled is false: every client that reaches " + settings.text("bind_address")
                    + " may read and write");
        }
        return notices;
    }

    /** Whether only this machine reaches an address. */
    static boolean loopback(String address) {
        return address.equals("localhost") || address.matches("127(\\.[0-9]{1,3}){3}")
                || address.equals("::1") || address.equals("[::1]");
    }
}
