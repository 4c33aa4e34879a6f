package kvs.http;

/** A place in the pipeline where a request may be refused: by who sends it, how many there were, or what it may do. */
@FunctionalInterface
public interface Gate {

    /** Everybody passes. */
    Gate OPEN = request -> { };

    /** Lets the request pass or throws a {@link kvs.model.Refusal}. */
    void admit(Request request);
}
