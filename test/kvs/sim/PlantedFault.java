package kvs.sim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The program with one fault in it: a line of a source file is replaced, the file is compiled anew, and
 * everything is loaded once more with that class in the place of the sound one. So a test can see that it
 * would catch the fault, and the program itself holds no switch for it.
 */
final class PlantedFault extends ClassLoader {

    private static final Path SOURCES = Path.of(System.getProperty("kvs.root"), "src");
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    /** It keeps what it has read of the JDK and of the program, so there is one for all faults. */
    private static final JavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

    private final Map<String, byte[]> changed;

    /**
     * A fault.
     *
     * @param name what is wrong
     * @param file of the sources
     * @param sound the text that stands there, once, whatever white space is in it
     * @param faulty the text in its place
     */
    record Fault(String name, String file, String sound, String faulty) { }

    private PlantedFault(Map<String, byte[]> changed) {
        super(PlantedFault.class.getClassLoader());
        this.changed = changed;
    }

    /** The program with these faults; each must have its place. */
    static PlantedFault with(List<Fault> faults) throws IOException {
        Map<String, byte[]> changed = new HashMap<>();
        for (Fault fault : faults) {
            String text = Files.readString(SOURCES.resolve(fault.file));
            changed.putAll(compiled(fault.file, planted(text, fault)));
        }
        return new PlantedFault(changed);
    }

    /** Compares without white space, for a line may be broken anywhere. */
    private static String planted(String text, Fault fault) {
        int[] places = IntStream.range(0, text.length())
                .filter(i -> !Character.isWhitespace(text.charAt(i))).toArray();
        String packed = packed(text);
        String sound = packed(fault.sound);
        int at = packed.indexOf(sound);
        if (at < 0 || packed.indexOf(sound, at + 1) >= 0) {
            throw new AssertionError(fault.name + ": '" + fault.sound + "' does not stand in "
                    + fault.file + " once");
        }
        return text.substring(0, places[at]) + fault.faulty
                + text.substring(places[at + sound.length() - 1] + 1);
    }

    private static String packed(String text) {
        return text.chars().filter(c -> !Character.isWhitespace(c)).collect(StringBuilder::new,
                StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    private static Map<String, byte[]> compiled(String file, String text) throws IOException {
        Map<String, ByteArrayOutputStream> classes = new HashMap<>();
        JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///" + file),
                JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
        JavaFileManager files = new ForwardingJavaFileManager<>(FILES) {
            @Override
            public JavaFileObject getJavaFileForOutput(Location where, String name, JavaFileObject.Kind kind,
                    FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("mem:///" + name), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return classes.computeIfAbsent(name, made -> new ByteArrayOutputStream());
                    }
                };
            }
        };
        boolean good = COMPILER.getTask(null, files, null, List.of("-proc:none", "-cp",
                System.getProperty("java.class.path")), null, List.of(source)).call();
        if (!good) {
            throw new AssertionError(file + " does not compile with the fault in it");
        }
        Map<String, byte[]> bytes = new HashMap<>();
        classes.forEach((name, out) -> bytes.put(name, out.toByteArray()));
        return bytes;
    }

    /** Everything of ours is loaded anew; what it shares with the test are the JDK's classes and JUnit's. */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("kvs.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = changed.containsKey(name) ? changed.get(name) : read(name);
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] read(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
