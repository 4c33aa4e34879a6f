package kvs.sim;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * A directory in memory that models what a power cut may do. Content survives up to the last {@code force} of
 * the file, later writes in whole, in part, or not at all, in any combination; names survive up to the last
 * {@code force} of the directory, later changes of names up to any of them. The k-th call can be made to
 * fail, or to be the moment of the power cut. Thread-safe.
 */
public final class SimDisk implements Disk {

    /** The failure of a call. */
    public enum Fault {
        /** The call does nothing, "Input/output error". */
        EIO,
        /** The call does nothing, "No space left on device". */
        ENOSPC,
        /** A write does a part of its work, then fails; other calls fail as with {@link #EIO}. */
        SHORT
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Dice dice;
    private final TreeMap<String, SimFile> names = new TreeMap<>();
    private final List<TreeMap<String, SimFile>> namesSinceForce = new ArrayList<>();
    private long calls;
    private long failAt = -1;
    private boolean failOn;
    private Fault fault = Fault.EIO;
    private long cutAt = -1;
    private boolean dead;
    private boolean held;
    private Runnable afterChange = () -> { };
    private long capacity = Long.MAX_VALUE;
    private Predicate<String> refused = name -> false;
    private Optional<String> lockNeeds = Optional.empty();

    /** An empty directory; {@code dice} decide what a power cut leaves. */
    public SimDisk(Dice dice) {
        this.dice = dice;
        namesSinceForce.add(new TreeMap<>());
    }

    /** Calls so far. */
    public long calls() {
        return calls;
    }

    /**
     * Makes the {@code call}-th call from now on (1 = the next) fail, and all later ones too when {@code on}.
     */
    public void failAt(long call, Fault how, boolean on) {
        failAt = calls + call;
        failOn = on;
        fault = how;
    }

    /**
     * Calls {@code hook} after every call that changed something: each of these moments may be that of a
     * power cut.
     */
    public void afterChange(Runnable hook) {
        afterChange = hook;
    }

    /** Makes every call fail that creates or reads a file of such a name. */
    public void refuse(Predicate<String> such) {
        refused = such;
    }

    /** Ends the faults. */
    public void mend() {
        refused = name -> false;
        failAt = -1;
        failOn = false;
        capacity = Long.MAX_VALUE;
    }

    /**
     * Cuts the power in the {@code call}-th call from now on (1 = the next): a write may do a part of its
     * work.
     */
    public void cutAt(long call) {
        cutAt = calls + call;
    }

    /** Bounds the bytes of all files together; a write that needs more fails. */
    public void capacity(long bytes) {
        capacity = bytes;
    }

    /** The directory as it may look after the power is cut now; this disk is dead. */
    public SimDisk restart() {
        dead = true;
        return survivor();
    }

    /** The directory as it may look if the power were cut now. */
    public SimDisk survivor() {
        lock.lock();
        try {
            SimDisk next = new SimDisk(dice);
            namesSinceForce.get(dice.below(namesSinceForce.size()))
                    .forEach((name, file) -> next.put(name, file.survivor(dice)));
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** The directory as it is now, all of it durable. */
    public SimDisk copy() {
        lock.lock();
        try {
            SimDisk next = new SimDisk(dice);
            names.forEach((name, file) -> next.put(name, file.content()));
            return next;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The directory as a killed process leaves it on a machine that lives on: content that was not forced is
     * there, but may yet be lost.
     */
    public SimDisk killed() {
        lock.lock();
        try {
            SimDisk next = new SimDisk(dice);
            Map<SimFile, SimFile> copies = new IdentityHashMap<>();
            next.names.putAll(copy(names, copies));
            next.namesSinceForce.clear();
            namesSinceForce.forEach(state -> next.namesSinceForce.add(copy(state, copies)));
            return next;
        } finally {
            lock.unlock();
        }
    }

    private static TreeMap<String, SimFile> copy(TreeMap<String, SimFile> state,
            Map<SimFile, SimFile> copies) {
        TreeMap<String, SimFile> copy = new TreeMap<>();
        state.forEach((name, file) -> copy.put(name, copies.computeIfAbsent(file, SimFile::copy)));
        return copy;
    }

    /** Stores a file, durably. */
    public void put(String name, byte[] content) {
        names.put(name, SimFile.of(content));
        namesSinceForce.clear();
        namesSinceForce.add(new TreeMap<>(names));
    }

    /** Whether there is such a file. */
    public boolean has(String name) {
        return names.containsKey(name);
    }

    /** The names of all files; not a call of the disk. */
    public List<String> names() {
        return List.copyOf(names.keySet());
    }

    /** The content of a file. */
    public byte[] bytes(String name) {
        return names.get(name).content();
    }

    /** Rots a byte on the disk. */
    public void flip(String name, int offset, int mask) {
        names.get(name).flip(offset, mask);
    }

    /** Loses a file. */
    public void lose(String name) {
        names.remove(name);
        namesSinceForce.clear();
        namesSinceForce.add(new TreeMap<>(names));
    }

    @Override
    public List<String> list() throws IOException {
        return call(() -> List.copyOf(names.keySet()));
    }

    @Override
    public DiskFile open(String name, Mode mode) throws IOException {
        return call(() -> {
            if (mode == Mode.CREATE) {
                if (refused.test(name)) {
                    throw new IOException("Input/output error");
                }
                if (names.containsKey(name)) {
                    throw new FileAlreadyExistsException(name);
                }
                names.put(name, new SimFile());
                renamed();
            } else if (!names.containsKey(name)) {
                throw new FileNotFoundException(name);
            }
            return new Handle(name, names.get(name), mode != Mode.READ);
        });
    }

    @Override
    public void rename(String from, String to) throws IOException {
        call(() -> {
            if (!names.containsKey(from)) {
                throw new FileNotFoundException(from);
            }
            names.put(to, names.remove(from));
            renamed();
            return null;
        });
    }

    @Override
    public void delete(String name) throws IOException {
        call(() -> {
            if (names.remove(name) == null) {
                throw new FileNotFoundException(name);
            }
            renamed();
            return null;
        });
    }

    @Override
    public void force() throws IOException {
        call(() -> {
            namesSinceForce.clear();
            renamed();
            return null;
        });
    }

    @Override
    public long freeBytes() {
        return capacity - used();
    }

    /** Refuses the lock for lack of space while that file is there. */
    public void lockNeeds(String gone) {
        lockNeeds = Optional.of(gone);
    }

    @Override
    public Optional<Closeable> lock(String name) throws IOException {
        if (lockNeeds.filter(names::containsKey).isPresent()) {
            throw new IOException("No space left on device");
        }
        if (held) {
            return Optional.empty();
        }
        held = true;
        return Optional.of(() -> held = false);
    }

    @Override
    public String where() {
        return "sim";
    }

    private void renamed() {
        namesSinceForce.add(new TreeMap<>(names));
        afterChange.run();
    }

    private long used() {
        return names.values().stream().mapToLong(SimFile::size).sum();
    }

    /** The work of a call. */
    @FunctionalInterface
    private interface Action<T> {
        T run() throws IOException;
    }

    private <T> T call(Action<T> action) throws IOException {
        lock.lock();
        try {
            begin();
            if (fails()) {
                throw failure();
            }
            return action.run();
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        calls++;
        if (dead || calls == cutAt) {
            dead = true;
            throw new PowerCut();
        }
    }

    private boolean fails() {
        return calls == failAt || failOn && calls > failAt;
    }

    private IOException failure() {
        return new IOException(fault == Fault.ENOSPC ? "No space left on device" : "Input/output error");
    }

    /** An open file. */
    private final class Handle implements DiskFile {

        private final String name;
        private final SimFile file;
        private final boolean writable;

        Handle(String name, SimFile file, boolean writable) {
            this.name = name;
            this.file = file;
            this.writable = writable;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            if (refused.test(name)) {
                throw new IOException("Input/output error");
            }
            return call(() -> file.read(into, position));
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            if (!writable) {
                throw new IOException("opened for reading");
            }
            byte[] data = new byte[from.remaining()];
            from.get(data);
            lock.lock();
            try {
                write(data, position);
            } finally {
                lock.unlock();
            }
        }

        private void write(byte[] data, long position) throws IOException {
            boolean cut = calls + 1 == cutAt && !dead;
            if (cut) {
                file.write(data, position);
            }
            begin();
            boolean room = used() + Math.max(0, position + data.length - file.size()) <= capacity;
            if (!fails() && room) {
                file.write(data, position);
                afterChange.run();
                return;
            }
            if (fault == Fault.SHORT || !room) {
                int wanted = dice.below(data.length + 1);
                byte[] part = Arrays.copyOf(data,
                        SimFile.prefix((int) position, data.length, file.size(), wanted));
                file.write(room ? part : new byte[0], position);
            }
            throw room ? failure() : new IOException("No space left on device");
        }

        @Override
        public void force() throws IOException {
            lock.lock();
            try {
                begin();
                if (fails()) {
                    file.syncFailed(dice);
                    throw failure();
                }
                file.sync();
                afterChange.run();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            call(() -> {
                file.truncate(size);
                afterChange.run();
                return null;
            });
        }

        @Override
        public long size() throws IOException {
            return call(() -> (long) file.size());
        }

        @Override
        public void close() {
            // The handle holds nothing.
        }
    }
}
