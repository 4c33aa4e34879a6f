package kvs.world;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;

/**
 * Translates an exception into the sentence that gives a person the reason of a failure. An exception of our
 * own code carries our own sentence. The text of any other is made for programmers, changes from JDK to JDK
 * and may quote a secret: it is never shown, and its kind selects a sentence of ours. Pure functions.
 */
public final class FailureText {

    private static final String OURS = "kvs.";
    private static final String UNKNOWN = "for an unknown reason";
    /** Texts of the operating systems for their errors, and our texts for them. */
    private static final Map<String, String> FAULTS = faults();

    private static final Map<String, String> ALERTS = alerts();
    private static final int CAUSES_MAX = 8;

    private FailureText() { }

    private static Map<String, String> alerts() {
        Map<String, String> alerts = new LinkedHashMap<>();
        alerts.put("unable to find valid certification path",
                "no trusted authority has signed its certificate");
        alerts.put("path does not chain", "no trusted authority has signed its certificate");
        alerts.put("subject alternative", "its certificate is for another name");
        alerts.put("no name matching", "its certificate is for another name");
        alerts.put("validity check failed", "a certificate has expired or is not valid yet");
        alerts.put("certificate_expired", "it reports that our certificate has expired");
        alerts.put("certificate_unknown", "it does not trust our certificate");
        alerts.put("unknown_ca", "it does not trust our certificate");
        alerts.put("bad_certificate", "it does not accept our certificate");
        alerts.put("certificate_required", "it requires a certificate of ours");
        alerts.put("protocol_version", "it uses another version of TLS");
        alerts.put("plaintext connection", "it does not use TLS");
        alerts.put("unsupported or unrecognized ssl message", "it does not use TLS");
        return alerts;
    }

    private static Map<String, String> faults() {
        Map<String, String> faults = new LinkedHashMap<>();
        faults.put("no space left", "no space is left on the disk");
        faults.put("not enough space", "no space is left on the disk");
        faults.put("quota", "the quota of the disk is used up");
        faults.put("read-only file system", "the file system is read-only");
        faults.put("input/output error", "the disk reports an input/output error");
        faults.put("too many open files", "the process has too many open files");
        faults.put("permission denied", "permission is denied");
        faults.put("operation not permitted", "permission is denied");
        faults.put("no such file or directory", "there is no such file");
        faults.put("argument list too long", "its arguments and variables are too long");
        faults.put("exec format error", "it is not a program of this machine");
        faults.put("cannot allocate memory", "the machine has no memory left");
        faults.put("resource temporarily unavailable", "a resource of the machine is used up");
        faults.put("not a directory", "a part of the path is not a directory");
        faults.put("is a directory", "it is a directory");
        faults.put("directory not empty", "the directory is not empty");
        faults.put("file name too long", "the name of the file is too long");
        faults.put("stale file handle", "the network file system has lost the file");
        faults.put("address already in use", "the address is already in use");
        faults.put("cannot assign requested address", "this machine does not have the address");
        faults.put("connection refused", "no process listens there");
        faults.put("connection reset", "the connection was cut");
        faults.put("broken pipe", "the connection was cut");
        faults.put("no route to host", "there is no route to the host");
        faults.put("network is unreachable", "the network is unreachable");
        faults.put("timed out", "no response arrived in time");
        return faults;
    }

    /** The reason of a failure. */
    public static String text(Throwable thrown) {
        boolean wrapped = thrown instanceof CompletionException || thrown instanceof ExecutionException
                || thrown instanceof UncheckedIOException;
        if (wrapped && thrown.getCause() != null) {
            return text(thrown.getCause());
        }
        String message = thrown.getMessage();
        return isOurs(thrown) && message != null && !message.isBlank() ? message : foreign(thrown);
    }

    /** Whether our own code made an exception: its class is ours, or its stack begins in our code. */
    private static boolean isOurs(Throwable thrown) {
        if (thrown.getClass().getName().startsWith(OURS)) {
            return true;
        }
        StackTraceElement[] stack = thrown.getStackTrace();
        return stack.length > 0 && stack[0].getClassName().startsWith(OURS);
    }

    private static String foreign(Throwable thrown) {
        if (thrown instanceof FileSystemException failure) {
            String kind = failure instanceof NoSuchFileException ? "there is no such file"
                    : failure instanceof AccessDeniedException ? "permission is denied"
                    : failure instanceof FileAlreadyExistsException ? "a file with this name exists already"
                    : fault(failure.getReason(), "the file system refused it");
            return failure.getFile() == null ? kind : failure.getFile() + ": " + kind;
        }
        if (thrown instanceof UnknownHostException || thrown instanceof UnresolvedAddressException) {
            return "the name of the host is unknown";
        }
        if (thrown instanceof HttpTimeoutException || thrown instanceof SocketTimeoutException) {
            return "no response arrived in time";
        }
        if (thrown instanceof SSLException) {
            return "TLS failed: " + tls(thrown);
        }
        if (thrown instanceof EOFException) {
            return "it ended too early";
        }
        if (thrown instanceof ClosedChannelException) {
            return "it was closed meanwhile";
        }
        return thrown instanceof ConnectException ? fault(thrown.getMessage(), "no process listens there")
                : thrown instanceof IOException ? fault(thrown.getMessage(), "input or output failed")
                : thrown instanceof RuntimeException || thrown instanceof Error ? UNKNOWN
                : fault(thrown.getMessage(), UNKNOWN);
    }

    /** The problem with a certificate, by the exception that began it, or by the alert of the other side. */
    private static String tls(Throwable thrown) {
        StringBuilder texts = new StringBuilder();
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            if (cause instanceof CertificateExpiredException) {
                return "its certificate has expired";
            }
            if (cause instanceof CertificateNotYetValidException) {
                return "its certificate is not valid yet, or a clock is wrong";
            }
            texts.append(String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT)).append(' ');
            cause = cause.getCause();
        }
        for (Map.Entry<String, String> alert : ALERTS.entrySet()) {
            if (texts.indexOf(alert.getKey()) >= 0) {
                return alert.getValue();
            }
        }
        return "certificates or versions of TLS do not match";
    }

    private static String fault(String text, String otherwise) {
        String small = text == null ? "" : text.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, String> fault : FAULTS.entrySet()) {
            if (small.contains(fault.getKey())) {
                return fault.getValue();
            }
        }
        return otherwise;
    }
}
