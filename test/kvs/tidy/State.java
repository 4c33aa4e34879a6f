package kvs.tidy;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/** Hidden state and hidden failure: static fields that can change, handlers that swallow what they caught. */
public final class State {
    private static final Pattern CHANGING = Pattern.compile("\\b(Atomic\\w+|Long(Adder|Accumulator)|\\w*(Map"
            + "|Set|List|Deque|Queue|Lock)" + "|StringBuilder)\\b");
    private static final Set<String> BROAD = Set.of("Throwable", "Exception", "RuntimeException", "Error");

    private State() {}

    /** Every static field that can change: not final, or final and holding something made to change. */
    public static List<String> statics(List<Outline> outlines) {
        var offenders = new ArrayList<String>();
        for (Outline outline : outlines) {
            outline.types(path -> {
                for (Tree member : ((ClassTree) path.getLeaf()).getMembers()) {
                    if (member instanceof VariableTree field && isMutableStatic(field)) {
                        offenders.add(outline.at(field,
                                "static field " + field.getName() + " can change: state has one owner"));
                    }
                }
            });
        }
        return offenders;
    }

    private static boolean isMutableStatic(VariableTree field) {
        Set<Modifier> flags = field.getModifiers().getFlags();
        return flags.contains(Modifier.STATIC)
                && (!flags.contains(Modifier.FINAL) || holdsChanging(field.getInitializer()));
    }

    private static boolean holdsChanging(ExpressionTree initializer) {
        return initializer instanceof NewClassTree made
                && CHANGING.matcher(made.getIdentifier().toString()).find();
    }

    /** Every empty handler, and every handler of all failures that does not look at the one it caught. */
    public static List<String> swallowed(List<Outline> outlines) {
        var offenders = new ArrayList<String>();
        for (Outline outline : outlines) {
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitCatch(CatchTree tree, Void unused) {
                    if (tree.getBlock().getStatements().isEmpty()) {
                        offenders.add(outline.at(tree, "empty catch"));
                    } else if (isBroad(tree.getParameter()) && !mentions(tree)) {
                        offenders.add(outline.at(tree,
                                "catches " + tree.getParameter().getType() + " and ignores it"));
                    }
                    return super.visitCatch(tree, null);
                }
            }.scan(outline.unit(), null);
        }
        return offenders;
    }

    private static boolean isBroad(VariableTree caught) {
        return List.of(caught.getType().toString().split("\\W+")).stream().anyMatch(BROAD::contains);
    }

    private static boolean mentions(CatchTree tree) {
        var names = new HashSet<String>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitIdentifier(IdentifierTree name, Void unused) {
                names.add(name.getName().toString());
                return null;
            }
        }.scan(tree.getBlock(), null);
        return names.contains(tree.getParameter().getName().toString());
    }
}
