package kvs.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.Modifier;

/** Documentation that must be there: of packages, public types, and the public methods of those. */
public final class Docs {
    private static final int PACKAGE_LINES_MIN = 4;
    private static final Set<String> OPENERS = Set.of("What", "Who", "Whose", "How", "Where", "Which",
            "Whether", "When", "Something", "Somebody");

    private Docs() {}

    /**
     * Everything public without a documentation comment, overrides exempt; every package without a real
     * {@code package-info}.
     */
    public static List<String> offenders(List<Outline> outlines) {
        var offenders = new ArrayList<String>();
        Set<String> packages = new TreeSet<>();
        outlines.forEach(outline -> packages.add(outline.source().packageName()));
        for (Outline outline : outlines) {
            if (outline.source().isPackageInfo()) {
                packages.remove(outline.source().packageName());
                offenders.addAll(shortText(outline));
            }
            for (ClassTree type : outline.topTypes()) {
                if (type.getModifiers().getFlags().contains(Modifier.PUBLIC)
                        && outline.docOf(type).isEmpty()) {
                    offenders.add(outline.at(type,
                            "public type " + type.getSimpleName() + " has no Javadoc"));
                }
            }
            outline.methods(path -> {
                var method = (MethodTree) path.getLeaf();
                if (isApi(path) && !isOverride(method) && outline.docOf(path).isEmpty()) {
                    offenders.add(outline.at(method,
                            "public method " + method.getName() + " has no Javadoc"));
                }
            });
        }
        packages.forEach(name -> offenders.add("src/" + name.replace('.', '/') + ": no package-info.java"));
        return offenders;
    }

    /** Every comment of a type, tests included, that opens without a noun: a question word, "Something". */
    public static List<String> openers(List<Outline> outlines) {
        var offenders = new ArrayList<String>();
        for (Outline outline : outlines) {
            outline.types(path -> {
                String first = outline.docOf(path).strip().split("\\W", 2)[0];
                if (OPENERS.contains(first)) {
                    offenders.add(outline.at(path.getLeaf(), "the comment opens with '" + first
                            + "': begin with the noun that the type is"));
                }
            });
        }
        return offenders;
    }

    private static List<String> shortText(Outline outline) {
        long lines = outline.docOf(outline.unit().getPackage()).lines()
                .filter(line -> !line.isBlank()).count();
        return lines < PACKAGE_LINES_MIN
                ? List.of(outline.source().at(1,
                        "a package is explained in at least " + PACKAGE_LINES_MIN + " lines, here " + lines))
                : List.of();
    }

    static boolean isOverride(MethodTree method) {
        return method.getModifiers().getAnnotations().stream()
                .anyMatch(mark -> mark.getAnnotationType().toString().equals("Override"));
    }

    /** A method, no constructor, that is public, as are all types around it. */
    private static boolean isApi(TreePath path) {
        if (((MethodTree) path.getLeaf()).getReturnType() == null) {
            return false;
        }
        for (TreePath inner = path; inner.getParentPath() != null; inner = inner.getParentPath()) {
            Tree around = inner.getParentPath().getLeaf();
            boolean isMember = inner.getLeaf() instanceof MethodTree || inner.getLeaf() instanceof ClassTree;
            if (!isMember || !isPublic(inner.getLeaf(), around)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPublic(Tree member, Tree around) {
        ModifiersTree modifiers = member instanceof MethodTree method ? method.getModifiers()
                : ((ClassTree) member).getModifiers();
        boolean isInInterface = around.getKind() == Tree.Kind.INTERFACE
                && !modifiers.getFlags().contains(Modifier.PRIVATE);
        return isInInterface || modifiers.getFlags().contains(Modifier.PUBLIC);
    }
}
