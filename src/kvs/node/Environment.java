package kvs.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kvs.config.Settings;
import kvs.log.DataDirectoryCheck;
import kvs.log.DiskReserve;
import kvs.log.UnusableDirectoryException;
import kvs.peer.ClusterSecretLoader;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.SocketOwners;
import kvs.world.TextFiles;

/**
 * The environment of a node beside its settings: the doors to its machine, and facts about that machine.
 *
 * @param data the data directory
 * @param auditDirectory opens the directory of the tamper log
 * @param backups opens the directory of backups
 * @param files all other files
 * @param clock clock of the machine
 * @param dice random source of the machine
 * @param log log for operators
 * @param sockets owners of the other ends of connections within the machine
 * @param machine further facts about the machine
 * @param processUsage resources that this process uses
 */
public record Environment(Disk data, DirectoryOpener auditDirectory, DirectoryOpener backups, TextFiles files,
        Clock clock, Dice dice, Logger log, SocketOwners sockets,
        MachineFacts machine, ProcessUsage processUsage) {

    /** A directory that is created when it is opened. */
    @FunctionalInterface
    public interface DirectoryOpener {

        /** The directory. */
        Disk open() throws IOException;
    }

    /**
     * Facts about the machine and the program.
     *
     * @param name name of the machine
     * @param version version of the program
     * @param home directory of the user, according to Java
     * @param credentials directory of systemd's credentials
     */
    public record MachineFacts(String name, String version, String home, Optional<String> credentials) { }

    /** The same environment with another log. */
    Environment with(Logger other) {
        return new Environment(data, auditDirectory, backups, files, clock, dice, other, sockets, machine,
                processUsage);
    }

    /** The places that are searched for the secret of the cluster. */
    ClusterSecretLoader.SecretSources places(Settings settings) {
        return new ClusterSecretLoader.SecretSources(settings.list("cluster_secret"),
                settings.text("cluster_secret_file"), machine.credentials, machine.home, data.where());
    }

    /**
     * Refuses to use the data directory of another program, before anything in it is changed.
     *
     * @throws UnusableDirectoryException naming that directory
     */
    public void refuseForeign(Settings settings) throws IOException, UnusableDirectoryException {
        Path here = Path.of(data.where());
        Set<String> known = new HashSet<>();
        for (String key : List.of("backup_path", "cluster_secret_file", "tls_cert", "tls_key", "tls_ca")) {
            Path named = Path.of(settings.text(key)).toAbsolutePath().normalize();
            if (named.startsWith(here) && !named.equals(here)) {
                known.add(here.relativize(named).getName(0).toString());
            }
        }
        DataDirectoryCheck.check(data, known);
    }

    /** The secret of the cluster, if there is one. */
    public Optional<ClusterSecretLoader.LoadedSecrets> existingSecret(Settings settings) throws IOException {
        return new ClusterSecretLoader(files, dice).existing(places(settings));
    }

    /**
     * The secret of the cluster, created if there is none. On a full disk the reserved space of the store is
     * released for it; if that is not enough and there are data to serve, the secret is in memory only.
     */
    ClusterSecretLoader.LoadedSecrets secret(Settings settings) throws IOException {
        ClusterSecretLoader secrets = new ClusterSecretLoader(files, dice);
        Optional<ClusterSecretLoader.LoadedSecrets> there = secrets.existing(places(settings));
        if (there.isPresent()) {
            return there.get();
        }
        try {
            return secrets.find(places(settings));
        } catch (IOException e) {
            if (!data.full() || !data.list().contains("MANIFEST")) {
                throw e;
            }
            DiskReserve.giveBack(data);
            return afterRoom(secrets, settings);
        }
    }

    private ClusterSecretLoader.LoadedSecrets afterRoom(ClusterSecretLoader secrets, Settings settings) {
        try {
            return secrets.find(places(settings));
        } catch (IOException e) {
            log.warn("the disk is full: the cluster secret is not stored, new tokens become invalid with the"
                    + " end of this process", "reason", FailureText.text(e));
            return secrets.unwritten();
        }
    }
}
