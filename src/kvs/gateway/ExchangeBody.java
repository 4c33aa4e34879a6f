package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import kvs.store.DeadlineWrite;

/**
 * The body of an exchange. One that was completed just after the process stood still is of unknown age,
 * and refused.
 */
final class ExchangeBody implements BodySource {

    private final HttpEngine engine;
    private final FreezeDetector freezes;
    private final HttpExchange exchange;

    ExchangeBody(HttpEngine engine, FreezeDetector freezes, HttpExchange exchange) {
        this.engine = engine;
        this.freezes = freezes;
        this.exchange = exchange;
    }

    @Override
    public CompletionStage<byte[]> read(int bytes) {
        return timely(engine.body(exchange, bytes));
    }

    @Override
    public void onDisconnect(Runnable then) {
        engine.onDisconnect(exchange, then);
    }

    @Override
    public boolean takesChunks() {
        return engine.takesChunks();
    }

    @Override
    public CompletionStage<byte[]> chunks(int most, IntConsumer onSpace) {
        return timely(engine.chunks(exchange, most, onSpace));
    }

    private CompletionStage<byte[]> timely(CompletionStage<byte[]> body) {
        return body.thenApply(whole -> {
            if (freezes.suspects()) {
                throw DeadlineWrite.refusal();
            }
            return whole;
        });
    }
}
