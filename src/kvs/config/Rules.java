package kvs.config;

import java.util.ArrayList;
import java.util.List;

/** What must hold between settings: pure functions. */
final class Rules {

    private Rules() { }

    /** Combinations that stop the start. */
    static List<String> errors(Settings settings) {
        List<String> errors = new ArrayList<>();
        if (settings.number("gossip_interval_min") > settings.number("gossip_interval_max")) {
            errors.add("gossip_interval_min is above gossip_interval_max: make it smaller, or the other larger");
        }
        if (settings.flag("auth_enabled") && !loopback(settings.text("bind_address"))) {
            errors.add("bind_address: " + settings.text("bind_address") + " with auth_enabled: true: this version does not check tokens yet, so it"
                    + " would be open to everybody who reaches it. Set bind_address: \"127.0.0.1\", or auth_enabled: false if that is what you want");
        }
        if (settings.flag("auth_enabled") && !settings.list("seed_nodes").isEmpty()) {
            errors.add("seed_nodes with auth_enabled: true: this version neither checks tokens nor joins a cluster yet. Set seed_nodes: []");
        }
        return errors;
    }

    /** Combinations that start but do not do all that they say. */
    static List<String> notices(Settings settings) {
        List<String> notices = new ArrayList<>();
        if (settings.flag("auth_enabled")) {
            notices.add("auth_enabled is true, but this version does not check tokens yet: everybody on this machine may read and write");
        }
        if (!settings.list("seed_nodes").isEmpty()) {
            notices.add("seed_nodes is set, but this version does not replicate yet: this node stands alone");
        }
        return notices;
    }

    /** Whether only this machine reaches an address. */
    static boolean loopback(String address) {
        return address.equals("localhost") || address.matches("127(\\.[0-9]{1,3}){3}") || address.equals("::1") || address.equals("[::1]");
    }
}
