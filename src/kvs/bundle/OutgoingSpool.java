package kvs.bundle;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import kvs.world.FileTree;

/**
 * A directory that is filled with bundles for a partner, out of which something else carries them. Their
 * names sort by the time at which they were made: {@code NAME-20261130T204512.123Z-1f2e3d4c.bundle}, with the
 * start of the id of this site. At most {@code keep} of them lie here: where the partner answers, a new one
 * carries all that older ones carry, so the oldest are deleted; where nothing comes back, no more are made
 * until some were carried away. One thread.
 */
public final class OutgoingSpool {

    private static final String END = ".bundle";
    private static final String PART = END + ".part";
    /** The form of a name between that of the partner and its end; 0 is a digit, f a hexadecimal one. */
    private static final String FORM = "-00000000T000000.000Z-ffffffff";
    private static final int SITE_CHARACTERS = 8;
    private static final DateTimeFormatter TIME = DateTimeFormatter
            .ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final FileTree tree;
    private final String partner;
    private final int keep;
    private final Consumer<String> say;

    /** The door to the site that makes a bundle, which is complete and durable then. */
    @FunctionalInterface
    public interface BundleSource {

        /** Makes it under that name; the line about it, for people. */
        String make(String name) throws IOException;
    }

    /** A directory for the bundles of the partner of that name. */
    public OutgoingSpool(FileTree tree, String partner, int keep, Consumer<String> say) {
        this.tree = tree;
        this.partner = partner;
        this.keep = keep;
        this.say = say;
    }

    /** The name of a bundle that is made at that time. */
    static String name(String partner, long wallMs, UUID site) {
        return partner + "-" + TIME.format(Instant.ofEpochMilli(wallMs)) + "-"
                + site.toString().substring(0, SITE_CHARACTERS) + END;
    }

    /**
     * Makes one bundle.
     *
     * @param answers whether the partner's files come here
     */
    public void add(long wallMs, UUID site, boolean answers, BundleSource source) throws IOException {
        for (String part : named(PART)) {
            tree.delete(part);
        }
        int lie = named(END).size();
        if (!answers && lie >= keep) {
            say.accept("nothing was made: " + tree.where() + " holds " + lie + " bundles for " + partner
                    + " that nothing has carried away; remove those that were carried");
            return;
        }
        String name = name(partner, wallMs, site);
        if (tree.kind(name) != FileTree.Kind.ABSENT) {
            throw new IOException(tree.where() + "/" + name + " exists: the clock was set back; the next"
                    + " bundle gets another name");
        }
        say.accept(name + ": " + source.make(name));
        List<String> made = new ArrayList<>(named(END));
        // After the clock was set back its name is the first, and it must still be carried.
        made.remove(name);
        made.add(name);
        for (String old : answers ? made.subList(0, Math.max(0, made.size() - keep)) : List.<String>of()) {
            tree.delete(old);
        }
    }

    /** The names of this partner with that end, ascending; none of another one whose name begins alike. */
    private List<String> named(String end) throws IOException {
        return tree.list("").stream().filter(name -> name.startsWith(partner) && name.endsWith(end)
                && name.length() == partner.length() + FORM.length() + end.length()
                && hasForm(name.substring(partner.length(), name.length() - end.length()))).toList();
    }

    private static boolean hasForm(String text) {
        boolean like = true;
        for (int i = 0; i < FORM.length() && like; i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            like = switch (FORM.charAt(i)) {
                case '0' -> digit;
                case 'f' -> digit || c >= 'a' && c <= 'f';
                default -> c == FORM.charAt(i);
            };
        }
        return like;
    }
}
