package kvs.streams;

import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.model.Refusal;

/** Encodes events for their clients. Thread-safe. */
public interface EventEncoder {

    /** The event of a change, with its document or without; it depends on nothing else. */
    byte[] change(Changes.Change change, boolean values);

    /** What precedes the event that is the last one before {@code position}. */
    byte[] position(ClientPosition position);

    /** The last event of a stream that ends by a refusal. */
    byte[] end(Refusal refusal);
}
