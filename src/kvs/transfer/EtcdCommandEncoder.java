package kvs.transfer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A script for a POSIX shell with a command for each document:
 * <pre>
 *   etcdctl put -- 'a/b' '{"it'\''s":1}'
 *   printf '%s' '…' | etcdctl put -- 'a/large'        longer than an argument may be
 *   printf '\377\000' | etcdctl put -- 'a/binary'     no text, or a text with NUL
 *   etcdctl put --lease="$(etcdctl lease grant 90 | cut -d ' ' -f 2)" -- 'a/ends' '1'
 * </pre>
 * Inside single quotes the shell changes nothing; {@code --} keeps a key or value that begins with a dash
 * from being an option.
 */
final class EtcdCommandEncoder implements DocumentEncoder {

    /** Below the 128 KiB that Linux allows for an argument. */
    private static final int ARGUMENT_BYTES_MAX = 100_000;
    /** The limit of an etcd server ({@code --max-request-bytes}), unless it is configured. */
    private static final int VALUE_BYTES_MAX = 3 << 19;
    private static final long SECOND_MS = 1_000;

    @Override
    public byte[] begin() {
        return """
                #!/bin/sh
                # Documents of KVS for etcd 3. ETCDCTL_ENDPOINTS names the servers.
                set -eu
                export ETCDCTL_API=3
                """.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] encode(TransferItem.DocumentItem document) {
        byte[] value = ForeignValue.encode(document.json());
        Optional<String> text = ForeignValue.text(value).filter(chars -> chars.indexOf('\0') < 0);
        boolean argument = text.isPresent() && value.length <= ARGUMENT_BYTES_MAX;
        StringBuilder command = new StringBuilder();
        if (!argument) {
            command.append(text.map(chars -> "printf '%s' " + quoted(chars)).orElseGet(() -> printf(value)))
                    .append(" | ");
        }
        command.append("etcdctl put ");
        if (document.ttlMs() > 0) {
            long seconds = Math.max(1, (document.ttlMs() + SECOND_MS - 1) / SECOND_MS);
            command.append("--lease=\"$(etcdctl lease grant ").append(seconds)
                    .append(" | cut -d ' ' -f 2)\" ");
        }
        command.append("-- ").append(quoted(document.key().text()));
        if (argument) {
            command.append(' ').append(quoted(text.get()));
        }
        return command.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<EntryNote> notes(TransferItem.DocumentItem document) {
        return document.json().length > VALUE_BYTES_MAX ? List.of(EntryNote.LARGE_FOR_ETCD) : List.of();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** A command that prints these bytes. */
    private static String printf(byte[] value) {
        StringBuilder command = new StringBuilder("printf '");
        for (byte b : value) {
            command.append('\\').append((char) ('0' + (b >> 6 & 3))).append((char) ('0' + (b >> 3 & 7)))
                    .append((char) ('0' + (b & 7)));
        }
        return command.append('\'').toString();
    }
}
