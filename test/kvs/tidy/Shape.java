package kvs.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Sizes: of packages, of files, of methods, of parameter lists, and how deep control flow nests. */
public final class Shape {
    private static final int PACKAGE_FILES_MAX = 45;
    private static final int FILE_LINES_MAX = 350;
    private static final int FILE_LINES_WISHED = 250;
    private static final int METHOD_LINES_MAX = 60;
    private static final int PARAMETERS_MAX = 5;
    private static final int NESTING_MAX = 3;

    private Shape() {}

    /**
     * Every file, method and parameter list of the product that is too long, and every method that nests too
     * deep.
     */
    public static List<String> offenders(List<Outline> outlines) {
        var offenders = new ArrayList<String>();
        for (Outline outline : outlines) {
            offenders.addAll(longerThan(FILE_LINES_MAX, outline.source()));
            outline.methods(path -> offenders.addAll(method(outline, path)));
        }
        return offenders;
    }

    /** Every package of the product that has too many files to be read as a list. */
    public static List<String> packages(List<Source> sources) {
        var files = new TreeMap<String, Integer>();
        sources.stream().filter(Source::isProduct)
                .forEach(source -> files.merge(source.packageName(), 1, Integer::sum));
        return files.entrySet().stream().filter(room -> room.getValue() > PACKAGE_FILES_MAX)
                .map(room -> room.getKey() + ": " + room.getValue() + " files, over " + PACKAGE_FILES_MAX)
                .toList();
    }

    /** Files that are allowed but longer than they should be: worth a look, no offence. */
    public static List<String> wishes(List<Source> sources) {
        return sources.stream().filter(Source::isProduct)
                .flatMap(source -> longerThan(FILE_LINES_WISHED, source).stream()).toList();
    }

    private static List<String> longerThan(int max, Source source) {
        long lines = source.text().lines().count();
        return lines > max ? List.of(source.at(max, "file of " + lines + " lines, over " + max)) : List.of();
    }

    private static List<String> method(Outline outline, TreePath path) {
        var offenders = new ArrayList<String>();
        var method = (MethodTree) path.getLeaf();
        if (outline.linesOf(method) > METHOD_LINES_MAX) {
            offenders.add(outline.at(method, method.getName() + " has " + outline.linesOf(method)
                    + " lines, over " + METHOD_LINES_MAX));
        }
        if (method.getParameters().size() > PARAMETERS_MAX && !isOfRecordHeader(path)) {
            offenders.add(outline.at(method, method.getName() + " has " + method.getParameters().size()
                    + " parameters, take a record"));
        }
        int depth = new Nesting().of(method);
        if (depth > NESTING_MAX) {
            offenders.add(outline.at(method,
                    method.getName() + " nests " + depth + " levels, over " + NESTING_MAX));
        }
        return offenders;
    }

    /** A record's own constructors repeat its header. */
    private static boolean isOfRecordHeader(TreePath path) {
        return ((MethodTree) path.getLeaf()).getReturnType() == null
                && path.getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
    }

    /**
     * The depth of control flow below a method; an {@code else if} is no deeper than its {@code if}, an inner
     * class starts anew.
     */
    private static final class Nesting extends TreeScanner<Void, Integer> {
        private int deepest;

        int of(MethodTree method) {
            scan(method.getBody(), 0);
            return deepest;
        }

        private int deeper(int depth) {
            deepest = Math.max(deepest, depth + 1);
            return depth + 1;
        }

        @Override
        public Void visitClass(ClassTree inner, Integer depth) {
            return null;
        }

        @Override
        public Void visitIf(IfTree tree, Integer depth) {
            scan(tree.getCondition(), depth);
            scan(tree.getThenStatement(), deeper(depth));
            return scan(tree.getElseStatement(),
                    tree.getElseStatement() instanceof IfTree ? depth : deeper(depth));
        }

        @Override
        public Void visitForLoop(ForLoopTree tree, Integer depth) {
            return super.visitForLoop(tree, deeper(depth));
        }

        @Override
        public Void visitEnhancedForLoop(EnhancedForLoopTree tree, Integer depth) {
            return super.visitEnhancedForLoop(tree, deeper(depth));
        }

        @Override
        public Void visitWhileLoop(WhileLoopTree tree, Integer depth) {
            return super.visitWhileLoop(tree, deeper(depth));
        }

        @Override
        public Void visitDoWhileLoop(DoWhileLoopTree tree, Integer depth) {
            return super.visitDoWhileLoop(tree, deeper(depth));
        }

        @Override
        public Void visitTry(TryTree tree, Integer depth) {
            return super.visitTry(tree, deeper(depth));
        }

        @Override
        public Void visitSwitch(SwitchTree tree, Integer depth) {
            return super.visitSwitch(tree, deeper(depth));
        }

        @Override
        public Void visitSwitchExpression(SwitchExpressionTree tree, Integer depth) {
            return super.visitSwitchExpression(tree, deeper(depth));
        }
    }
}
