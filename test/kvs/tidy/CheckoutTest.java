package kvs.tidy;

import static kvs.tidy.Samples.assertOne;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutTest {
    @TempDir
    Path root;

    @BeforeEach
    void writesATree() throws IOException {
        write(".gitignore", "/build/\n*.swp\n");
        write(".git/config", "secret");
        write("build/out", "made");
        write("src/kvs/X.java", "class X {}");
        write("conf/logo", "binary\0");
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }

    @Test
    void readsTextOnlyAndNothingThatWasMade() throws IOException {
        var checkout = new Checkout(root);
        assertEquals(List.of(".gitignore", "src/kvs/X.java"),
                checkout.sources().stream().map(Source::path).toList());
        assertEquals("class X {}", checkout.text("src/kvs/X.java"));
        assertEquals("", checkout.text("README.md"));
        assertEquals(List.of(), checkout.strangers());
    }

    @Test
    void namesStrangersAtTheTop() throws IOException {
        write("pom.xml", "");
        assertOne(new Checkout(root).strangers(), "pom.xml: does not belong");
    }
}
