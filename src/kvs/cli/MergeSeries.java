package kvs.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import kvs.bundle.BundleFile;
import kvs.bundle.FileResult;
import kvs.bundle.FileVerdict;
import kvs.bundle.RejectedBundleException;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * Takes several files: those that need another one are tried again until none moves on. So the order of the
 * files, gaps and repeats decide nothing. One thread.
 */
final class MergeSeries {

    private final SiteFiles site;
    private final BiConsumer<FileArgument, FileResult> report;

    /** A series that reports the result for each file once. */
    MergeSeries(SiteFiles site, BiConsumer<FileArgument, FileResult> report) {
        this.site = site;
        this.report = report;
    }

    /** Takes the files that can be taken. */
    void run(List<FileArgument> files) throws IOException {
        Map<FileArgument, Long> made = new LinkedHashMap<>();
        for (FileArgument file : files) {
            made.put(file, madeMs(file));
        }
        List<FileArgument> left = new ArrayList<>(files);
        left.sort(Comparator.comparing(made::get));
        Map<FileArgument, FileResult> missing = new LinkedHashMap<>();
        boolean moves = true;
        while (moves && !left.isEmpty()) {
            moves = false;
            missing.clear();
            for (FileArgument file : left) {
                FileResult taken = site.take(file);
                moves |= taken.verdict() == FileVerdict.MERGED;
                if (taken.verdict() == FileVerdict.MISSING) {
                    missing.put(file, taken);
                } else {
                    report.accept(file, taken);
                }
            }
            left = new ArrayList<>(missing.keySet());
        }
        missing.forEach(report);
    }

    /** The time in the head of a file, which nothing proves yet: only the order of the attempts follows. */
    private static long madeMs(FileArgument file) throws IOException {
        try (DiskFile disk = file.disk().open(file.name(), Disk.Mode.READ)) {
            return new BundleFile(disk).head().madeMs();
        } catch (RejectedBundleException none) {
            return Long.MAX_VALUE;
        }
    }
}
