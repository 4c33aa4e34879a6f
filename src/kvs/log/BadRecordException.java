package kvs.log;

import java.io.IOException;

/**
 * Bytes that should be a record, a group or a checkpoint and are not. Has no stack trace: it is a finding,
 * not a fault of the program.
 */
public class BadRecordException extends IOException {

    private static final long serialVersionUID = 1L;

    public BadRecordException(String what) {
        super(what);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
