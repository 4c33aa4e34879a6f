package kvs.transfer;

/** The difference between an entry of another store and the document that it becomes, or the way back. */
enum EntryNote {

    /** A value that is no JSON. */
    TEXT("text that is not JSON, now a JSON string", false),
    /** A value that is no text. */
    BINARY("binary, now {\"base64\":\"…\"}", false),
    /** A directory of Consul, or of an application. */
    FOLDER("a folder key without a value, left out", true),
    /** A number that Consul keeps beside a value. */
    FLAGS("flags, left out", true),
    /** A key of etcd that ends with its lease. */
    LEASE("a lease, whose time the file does not tell: the document has no end", true),
    /** A document of CouchDB that is deleted. */
    DELETED("deleted, left out", true),
    /** Functions of CouchDB. */
    DESIGN("a design document, left out", true),
    /** Files that CouchDB keeps beside a document. */
    ATTACHMENTS("attachments, left out", true),
    /** A version that CouchDB keeps beside the winner. */
    CONFLICT("a version that lost a conflict, left out", true),
    /** A member that CouchDB keeps for itself, beside {@code _id} and {@code _rev}. */
    UNDERSCORED("a member that begins with _, left out", true),
    /** A stream of Redis. */
    GROUPS("a stream: its consumer groups are not in the file", true),
    /** A key of Redis that has gone since the list of keys was made. */
    GONE("expired or deleted when its value was read, left out", true),
    /** A document that expires, on its way to Consul. */
    EXPIRY("an end of its life, which Consul does not keep", true),
    /** A document on its way to Consul. */
    LARGE_FOR_CONSUL("more than the 512 KiB that Consul takes unless kv_max_value_size is set", true),
    /** A document on its way to etcd. */
    LARGE_FOR_ETCD("more than the 1.5 MiB that etcd takes unless --max-request-bytes is set", true);

    private final String text;
    private final boolean lossy;

    EntryNote(String text, boolean lossy) {
        this.text = text;
        this.lossy = lossy;
    }

    /** The words for an entry. */
    String text() {
        return text;
    }

    /** Whether something is lost, so that each entry is named. */
    boolean isLossy() {
        return lossy;
    }
}
