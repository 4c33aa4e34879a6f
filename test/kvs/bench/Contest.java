package kvs.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Sides that are loaded in turn, so that what else the machine does hits all of them; the median of the rounds counts. */
final class Contest {

    private final Report report;
    private final String what;
    private final List<Side> sides;
    private final List<List<Side.Round>> rounds = new ArrayList<>();

    /** {@code what} is measured; all are compared with the first of {@code sides}. */
    Contest(Report report, String what, List<Side> sides) {
        this.report = report;
        this.what = what;
        this.sides = sides;
        sides.forEach(side -> rounds.add(new ArrayList<>()));
    }

    /** Rounds to get warm, then rounds that count. */
    void run(int warm, int count, long ms) throws IOException {
        for (int round = -warm; round < count; round++) {
            for (int i = 0; i < sides.size(); i++) {
                Side.Round result = sides.get(i).round(ms);
                if (round >= 0) {
                    rounds.get(i).add(result);
                }
            }
        }
        for (int i = 0; i < sides.size(); i++) {
            print(i);
        }
    }

    private void print(int side) {
        String name = what + " " + sides.get(side).name;
        List<Side.Round> mine = rounds.get(side);
        report.figure(name + ", " + Side.CONNECTIONS + " connections", rate(side), "per second");
        report.figure(name + ", best round", mine.stream().mapToDouble(Side.Round::rate).max().orElseThrow(), "per second");
        report.figure(name + ", CPU of the node", median(mine, Side.Round::nodeMicros), "us a request");
        report.figure(name + ", CPU of the client", median(mine, Side.Round::clientMicros), "us a request");
        report.figure(name + ", p99 of a closed loop", median(mine, round -> round.result().latencies().percentileMs(99)), "ms");
        mine.stream().map(Side.Round::result).filter(result -> result.failures() > 0)
                .forEach(result -> report.line(name + ": " + result.failures() + " of a round failed, " + result.firstFailure()));
        if (side > 0) {
            List<Double> percents = new ArrayList<>();
            for (int i = 0; i < mine.size(); i++) {
                percents.add(100 * mine.get(i).rate() / rounds.get(0).get(i).rate());
            }
            report.figure(name + " against " + sides.get(0).name, median(percents, Double::doubleValue), "percent of the rate");
        }
    }

    /** The median rate of a side. */
    double rate(int side) {
        return median(rounds.get(side), Side.Round::rate);
    }

    private static <T> double median(List<T> values, ToDoubleFunction<T> figure) {
        List<Double> sorted = new ArrayList<>(values.stream().map(figure::applyAsDouble).toList());
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
