package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.model.Version;

/**
 * The subtree metadata in force on a path.
 *
 * @param metadata group and bits, and the times of the record
 * @param ruler the user to whom an administrator gave the subtree, {@link Version#NOBODY} for nobody
 * @param length bytes of the path on which the metadata was set
 * @param set whether it was set; otherwise it is the default of the root
 */
record InheritedMetadata(Metadata metadata, UUID ruler, int length, boolean set) {

    PermissionBits bits() {
        return metadata.bits();
    }

    /**
     * The metadata in force below records on a path, set there by administrators and by the owner of the
     * subtree.
     */
    InheritedMetadata below(int at, Optional<Metadata> administrators, Optional<Metadata> byRuler,
            UUID rulerThere) {
        if (byRuler.isPresent()) {
            return new InheritedMetadata(byRuler.get(), rulerThere, at, true);
        }
        return administrators.map(one -> new InheritedMetadata(one, rulerThere, at, true))
                .orElse(new InheritedMetadata(metadata, rulerThere, length, set));
    }
}
