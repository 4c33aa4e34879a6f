package kvs.bundle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes several files: those that need another one are tried again until none moves on. So the order of the
 * files, gaps and repeats decide nothing. One thread.
 */
public final class MergeSeries {

    private final FileTaker taker;
    private final Report report;

    /** The door to the files, and to the site that takes them. */
    public interface FileTaker {

        /** Takes a file, if it can be; see {@link BundleReceiver#merge}. */
        FileResult take(String file) throws IOException;

        /** The time in the head of a file, Unix ms, which nothing proves yet; the highest number for none. */
        long madeMs(String file) throws IOException;
    }

    /** A receiver of the results. */
    @FunctionalInterface
    public interface Report {

        /** Receives the last result for a file; it may put the file away. */
        void result(String file, FileResult result) throws IOException;
    }

    /** A series that reports the result for each file once. */
    public MergeSeries(FileTaker taker, Report report) {
        this.taker = taker;
        this.report = report;
    }

    /** Takes the files that can be taken, those first that were made first. */
    public void run(Collection<String> files) throws IOException {
        Map<String, Long> made = new LinkedHashMap<>();
        for (String file : files) {
            made.put(file, taker.madeMs(file));
        }
        List<String> left = new ArrayList<>(made.keySet());
        left.sort(Comparator.comparing(made::get));
        Map<String, FileResult> missing = new LinkedHashMap<>();
        boolean moves = true;
        while (moves && !left.isEmpty()) {
            moves = false;
            missing.clear();
            for (String file : left) {
                FileResult result = taker.take(file);
                moves |= result.verdict() == FileVerdict.MERGED;
                if (result.verdict() == FileVerdict.MISSING) {
                    missing.put(file, result);
                } else {
                    report.result(file, result);
                }
            }
            left = new ArrayList<>(missing.keySet());
        }
        for (Map.Entry<String, FileResult> each : missing.entrySet()) {
            report.result(each.getKey(), each.getValue());
        }
    }
}
