package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Version;

/**
 * The subtree metadata that is in force on a path.
 *
 * @param metadata group and bits, and of the record its times
 * @param ruler to whom an administrator gave the subtree, {@link Version#NOBODY} for nobody
 * @param length bytes of the path on which the metadata was set
 * @param set whether somebody has set it; otherwise it is the default of the root
 */
record SubtreeMetadata(Metadata metadata, UUID ruler, int length, boolean set) {

    PermissionBits bits() {
        return metadata.bits();
    }

    /** The same below a record; what an administrator set there, and what the owner of the subtree did. */
    SubtreeMetadata below(int at, Optional<Metadata> administrators, Optional<Metadata> byRuler, UUID rulerThere) {
        if (byRuler.isPresent()) {
            return new SubtreeMetadata(byRuler.get(), rulerThere, at, true);
        }
        return administrators.map(one -> new SubtreeMetadata(one, rulerThere, at, true))
                .orElse(new SubtreeMetadata(metadata, rulerThere, length, set));
    }
}
