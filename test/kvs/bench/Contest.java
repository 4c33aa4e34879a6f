package kvs.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Sides that are loaded in turn, so that what else the machine does hits all of them; the median of the
 * rounds counts.
 */
final class Contest {

    private final BenchReport report;
    private final String what;
    private final List<BenchSide> sides;
    private final List<List<BenchSide.Round>> rounds = new ArrayList<>();

    /** {@code what} is measured; all are compared with the first of {@code sides}. */
    Contest(BenchReport report, String what, List<BenchSide> sides) {
        this.report = report;
        this.what = what;
        this.sides = sides;
        sides.forEach(side -> rounds.add(new ArrayList<>()));
    }

    /** Rounds to get warm, then rounds that count. */
    void run(int warm, int count, long ms) throws IOException {
        for (int round = -warm; round < count; round++) {
            for (int i = 0; i < sides.size(); i++) {
                BenchSide.Round result = sides.get(i).round(ms);
                if (round >= 0) {
                    rounds.get(i).add(result);
                }
            }
        }
        for (int i = 0; i < sides.size(); i++) {
            print(i);
        }
    }

    /**
     * Rounds at half of what each can, evenly: what a request takes when the node is not driven to its limit.
     */
    void half(int count, long ms) throws IOException {
        List<List<Double>> p99 = sides.stream().<List<Double>>map(side -> new ArrayList<>()).toList();
        for (int round = 0; round < count; round++) {
            for (int i = 0; i < sides.size(); i++) {
                BenchSide.Round result = sides.get(i).paced((int) (rate(i) / 2), ms);
                p99.get(i).add(p99Ms(result));
                report.line(String.format(Locale.ROOT,
                        "%s %s at half load: %s; %.0f a second answered, %d failed, node CPU %.1f us", what,
                        sides.get(i).name, result.result().latencies(), result.rate(),
                        result.result().failures(), result.nodeMicros()));
            }
        }
        for (int i = 0; i < sides.size(); i++) {
            report.figure(what + " " + sides.get(i).name + ", p99 at half load",
                    median(p99.get(i), Double::doubleValue), "ms");
        }
    }

    private void print(int side) {
        String name = what + " " + sides.get(side).name;
        List<BenchSide.Round> mine = rounds.get(side);
        report.figure(name + ", " + sides.get(side).connections + " connections", rate(side), "per second");
        report.figure(name + ", best round",
                mine.stream().mapToDouble(BenchSide.Round::rate).max().orElseThrow(), "per second");
        report.figure(name + ", CPU of the node", median(mine, BenchSide.Round::nodeMicros), "us a request");
        report.figure(name + ", CPU of the client", median(mine, BenchSide.Round::clientMicros),
                "us a request");
        report.figure(name + ", p50 of a closed loop",
                median(mine, round -> round.result().latencies().percentileMs(50)), "ms");
        report.figure(name + ", p99 of a closed loop", median(mine, Contest::p99Ms), "ms");
        mine.stream().map(BenchSide.Round::result).filter(result -> result.failures() > 0)
                .forEach(result -> report.line(name + ": " + result.failures() + " of a round failed, "
                        + result.firstFailure()));
        if (side > 0) {
            List<Double> percents = new ArrayList<>();
            for (int i = 0; i < mine.size(); i++) {
                percents.add(100 * mine.get(i).rate() / rounds.get(0).get(i).rate());
            }
            report.figure(name + " against " + sides.get(0).name, median(percents, Double::doubleValue),
                    "percent of the rate");
        }
    }

    private static double p99Ms(BenchSide.Round round) {
        return round.result().latencies().percentileMs(99);
    }

    /** The median rate of a side. */
    private double rate(int side) {
        return median(rounds.get(side), BenchSide.Round::rate);
    }

    /** The median of some figures. */
    static double median(List<Double> values) {
        return median(values, Double::doubleValue);
    }

    private static <T> double median(List<T> values, ToDoubleFunction<T> figure) {
        List<Double> sorted = new ArrayList<>(values.stream().map(figure::applyAsDouble).toList());
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
