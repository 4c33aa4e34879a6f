package kvs.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import kvs.tidy.ManualTables;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

    @Test
    void pageIsThatOfTheTable() throws Exception {
        assertEquals(ConfigurationPage.text(),
                Files.readString(Path.of(System.getProperty("kvs.root"), ConfigurationPage.PATH)),
                "the table of settings has changed: write the page anew by 'make docs'");
    }

    @Test
    void everyKeyHasOneRowOfFourCells() {
        List<String> rows = ConfigurationPage.text().lines().filter(line -> line.startsWith("| `")).toList();
        assertEquals(Settings.keys(), rows.stream().map(row -> row.split("`")[1]).toList());
        assertTrue(rows.stream().allMatch(row -> row.split(" \\| ").length == 4), rows.toString());
        assertFalse(ConfigurationPage.text().contains("README"));
        assertEquals(new TreeSet<>(Settings.keys()), new ManualTables(ConfigurationPage.text()).keys());
    }
}
