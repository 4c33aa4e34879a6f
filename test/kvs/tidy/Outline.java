package kvs.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The syntax tree of one source, as the compiler's parser sees it; nothing is resolved. Parsing many at once
 * is cheap, parsing each alone is not. For use by one thread.
 */
public final class Outline {
    private final Source source;
    private final CompilationUnitTree unit;
    private final DocTrees trees;

    private Outline(Source source, CompilationUnitTree unit, DocTrees trees) {
        this.source = source;
        this.unit = unit;
        this.trees = trees;
    }

    /** Parses the Java sources. Sources that do not parse are an error of the test run, not an offence. */
    public static List<Outline> parse(List<Source> sources) {
        var files = sources.stream().filter(Source::isJava).map(Text::new).toList();
        return files.isEmpty() ? List.of() : parseAll(files);
    }

    private static List<Outline> parseAll(List<Text> files) {
        // The compiler hands out wrappers of our files, so the place tells which is which.
        Map<URI, Source> byPlace = files.stream().collect(Collectors.toMap(Text::toUri, file -> file.source));
        var faults = new ArrayList<String>();
        var task = (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null,
                fault -> faults.add(fault.toString()), List.of("-proc:none"), null, files);
        var trees = DocTrees.instance(task);
        var outlines = new ArrayList<Outline>();
        try {
            task.parse().forEach(unit ->
                    outlines.add(new Outline(byPlace.get(unit.getSourceFile().toUri()), unit, trees)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", faults));
        }
        return outlines;
    }

    /** Whether this is Java of the product. */
    public boolean isProduct() {
        return source.isProduct();
    }

    Source source() {
        return source;
    }

    /** The types of the file that stand in no other. */
    List<ClassTree> topTypes() {
        return unit.getTypeDecls().stream().filter(ClassTree.class::isInstance)
                .map(ClassTree.class::cast).toList();
    }

    /** Visits every type, nested and anonymous ones too. */
    void types(Consumer<TreePath> visitor) {
        new TreePathScanner<Void, Void>() {
            @Override
            public Void visitClass(ClassTree type, Void unused) {
                visitor.accept(getCurrentPath());
                return super.visitClass(type, null);
            }
        }.scan(unit, null);
    }

    /** Visits every method and constructor. */
    void methods(Consumer<TreePath> visitor) {
        new TreePathScanner<Void, Void>() {
            @Override
            public Void visitMethod(MethodTree method, Void unused) {
                visitor.accept(getCurrentPath());
                return super.visitMethod(method, null);
            }
        }.scan(unit, null);
    }

    CompilationUnitTree unit() {
        return unit;
    }

    /** The documentation comment before the path's leaf, empty when there is none. */
    String docOf(TreePath path) {
        String doc = trees.getDocComment(path);
        return doc == null ? "" : doc.strip();
    }

    String docOf(Tree leaf) {
        return docOf(TreePath.getPath(unit, leaf));
    }

    int lineOf(Tree tree) {
        return line(trees.getSourcePositions().getStartPosition(unit, tree));
    }

    /** How many lines the tree takes, its documentation not counted. */
    int linesOf(Tree tree) {
        return line(trees.getSourcePositions().getEndPosition(unit, tree)) - lineOf(tree) + 1;
    }

    private int line(long position) {
        return (int) unit.getLineMap().getLineNumber(Math.max(0, position));
    }

    String at(Tree tree, String what) {
        return source.at(lineOf(tree), what);
    }

    private static final class Text extends SimpleJavaFileObject {
        private final Source source;

        Text(Source source) {
            super(URI.create("source:///" + source.path()), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source.text();
        }
    }
}
