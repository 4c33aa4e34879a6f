package kvs.auth;

import java.util.Optional;

/**
 * The permissions of a path: twelve bits, four (create, delete, write, read) for each of owner, group and
 * others, from bit 11, owner-create, to bit 0, others-read. As text: {@code cdwr,c-wr,c--r}. Never change
 * these numbers: they are stored.
 *
 * @param word 0 to {@value #MAX}
 */
public record PermissionBits(int word) {

    /** All bits. */
    public static final int MAX = 0xfff;
    private static final int TEXT_LENGTH = 14;

    /** Refuses a number out of range. */
    public PermissionBits {
        if (word < 0 || word > MAX) {
            throw new IllegalArgumentException("permissions must be a number from 0 to " + MAX + ", not"
                    + " " + word);
        }
    }

    /** The permissions of a text; empty when it is malformed. */
    public static Optional<PermissionBits> parse(String text) {
        int word = 0;
        for (PermissionClass permissionClass : PermissionClass.values()) {
            for (Right right : Right.values()) {
                int at = 5 * permissionClass.ordinal() + right.ordinal();
                char c = text.length() == TEXT_LENGTH ? text.charAt(at) : ' ';
                if (c != '-' && c != right.letter() || permissionClass != PermissionClass.OTHERS
                        && text.charAt(5 * permissionClass.ordinal() + 4) != ',') {
                    return Optional.empty();
                }
                word |= c == '-' ? 0 : right.bit() << permissionClass.shift();
            }
        }
        return Optional.of(new PermissionBits(word));
    }

    /** Whether a class has a right. */
    public boolean allow(PermissionClass permissionClass, Right right) {
        return (word >> permissionClass.shift() & right.bit()) != 0;
    }

    /** Whether a class has no right. */
    boolean nothing(PermissionClass permissionClass) {
        return (word >> permissionClass.shift() & 0xf) == 0;
    }

    /**
     * These bits without those that {@code above} does not give. Unless both are of the same group, the class
     * of the group's members above is unknown, so they get the rights that both classes have; without a group
     * above all are others there.
     */
    PermissionBits within(PermissionBits above, boolean sameGroup, boolean noGroup) {
        int owner = above.word & 0xf00;
        int others = above.word & 0xf;
        int group = noGroup ? others : above.word >> PermissionClass.GROUP.shift() & 0xf;
        int all = sameGroup ? others : others & group;
        int members = sameGroup && !noGroup ? group : all;
        return new PermissionBits(word & (owner | members << PermissionClass.GROUP.shift() | all));
    }

    /** The text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (PermissionClass permissionClass : PermissionClass.values()) {
            for (Right right : Right.values()) {
                text.append(allow(permissionClass, right) ? right.letter() : '-');
            }
            text.append(permissionClass == PermissionClass.OTHERS ? "" : ",");
        }
        return text.toString();
    }
}
