package kvs.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureTextTest {

    @TempDir
    private Path directory;

    @Test
    void ourOwnSentencesAreShown() {
        assertEquals("the tide is out", FailureText.text(new IOException("the tide is out")));
        assertEquals("the tide is out",
                FailureText.text(new CompletionException(new IllegalArgumentException("the tide is out"))));
    }

    /** What the JDK says of a token that no header can hold quotes the token. */
    @Test
    void whatTheRuntimeSaysIsNot() {
        IllegalArgumentException foreign = assertThrows(IllegalArgumentException.class,
                () -> HttpRequest.newBuilder().header("Authorization", "Bearer s3cret\r"));
        assertEquals("for an unknown reason", FailureText.text(foreign));
        assertEquals("for an unknown reason",
                FailureText.text(assertThrows(NumberFormatException.class, () -> Long.parseLong("s3cret"))));
    }

    @Test
    void faultsOfFilesAreNamed() {
        Path file = directory.resolve("none");
        assertEquals(file + ": there is no such file",
                FailureText.text(assertThrows(IOException.class, () -> Files.readString(file))));
        assertEquals(directory + ": a file with this name exists already",
                FailureText.text(assertThrows(IOException.class, () -> Files.createDirectory(directory))));
        assertEquals("x: no space is left on the disk",
                foreign(new FileSystemException("x", null, "No space left on device")));
        assertEquals("x: the file system refused it",
                foreign(new FileSystemException("x", null, "Whatever it says")));
        assertEquals("x: permission is denied", foreign(new AccessDeniedException("x")));
        assertEquals("no space is left on the disk", foreign(new IOException("No space left on device")));
        assertEquals("input or output failed", foreign(new IOException("Strange words")));
    }

    @Test
    void faultsOfConnectionsAreNamed() throws IOException {
        int port;
        try (java.net.ServerSocket free = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertEquals("no process listens there", FailureText.text(assertThrows(IOException.class,
                () -> new Socket(InetAddress.getLoopbackAddress(), port).close())));
        assertEquals("no process listens there", foreign(new ConnectException()));
    }

    /** The same, made by the JDK. */
    private static String foreign(Throwable thrown) {
        thrown.setStackTrace(new StackTraceElement[] {new StackTraceElement("sun.nio.ch.FileDispatcherImpl",
                "write0", null, -2)});
        return FailureText.text(thrown);
    }
}
