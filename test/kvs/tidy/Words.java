package kvs.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.TreePath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Names: what types and readers may be called, and that every type is mentioned by somebody else. */
public final class Words {
    private static final Set<String> EMPTY_WORDS = Set.of("Manager", "Helper", "Util", "Utility", "Utilities",
            "Impl", "Base", "Abstract", "Common", "Info", "Processor");
    private static final Pattern GETTER = Pattern.compile("get[A-Z]\\w*");
    private static final Pattern NO_WORD = Pattern.compile("\\W+");

    private Words() {}

    /** Every type named by a word that says nothing, and every reader of a value that is not a bare noun. */
    public static List<String> offenders(List<Outline> outlines) {
        var offenders = new ArrayList<String>();
        for (Outline outline : outlines) {
            outline.types(path -> {
                var type = (ClassTree) path.getLeaf();
                if (saysNothing(type.getSimpleName().toString())) {
                    offenders.add(outline.at(type,
                            "type " + type.getSimpleName() + ": take a noun of the glossary"));
                }
            });
            outline.methods(path -> {
                var method = (MethodTree) path.getLeaf();
                if (isGetter(path)) {
                    offenders.add(outline.at(method, method.getName() + "(): a reader is a bare noun"));
                }
            });
        }
        return offenders;
    }

    private static boolean saysNothing(String typeName) {
        return Arrays.stream(typeName.split("(?=[A-Z])"))
                .anyMatch(word -> EMPTY_WORDS.contains(word.replaceFirst("s$", "")));
    }

    private static boolean isGetter(TreePath path) {
        var method = (MethodTree) path.getLeaf();
        return method.getParameters().isEmpty() && GETTER.matcher(method.getName()).matches()
                && !Docs.isOverride(method);
    }

    /**
     * Every type of the product that no other file of the product, of the tests, nor the Makefile mentions in
     * its code.
     */
    public static List<String> unused(List<Source> sources, List<Outline> outlines) {
        Map<String, Set<String>> mentions = new HashMap<>();
        for (Source source : sources) {
            if (source.isJava() || source.path().equals("Makefile")) {
                for (String word : NO_WORD.split(source.code())) {
                    mentions.computeIfAbsent(word, w -> new HashSet<>()).add(source.path());
                }
            }
        }
        var offenders = new ArrayList<String>();
        for (Outline outline : outlines) {
            for (ClassTree type : outline.topTypes()) {
                Set<String> files = mentions.getOrDefault(type.getSimpleName().toString(), Set.of());
                if (files.stream().allMatch(outline.source().path()::equals)) {
                    offenders.add(outline.at(type, "type " + type.getSimpleName() + " is used nowhere"));
                }
            }
        }
        return offenders;
    }
}
