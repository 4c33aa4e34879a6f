package kvs.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kvs.cluster.ClusterSecretLoader;
import kvs.config.Settings;
import kvs.log.DataDirectoryCheck;
import kvs.log.DiskReserve;
import kvs.log.UnusableDirectoryException;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.LocalFiles;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.SocketOwners;

/**
 * What a node is made of beside its settings: the doors to the machine that it runs on, and what to know of that.
 *
 * @param data the data directory
 * @param tamper opens the directory of the tamper log
 * @param backups opens the directory of backups
 * @param files all other files
 * @param clock of the machine
 * @param dice of the machine
 * @param log for operators
 * @param sockets who is at the other end of a connection within the machine
 * @param machine what else to know of it
 * @param footprint what this process takes of it
 */
public record Environment(Disk data, DirectoryOpener tamper, DirectoryOpener backups, LocalFiles files, Clock clock, Dice dice, Logger log, SocketOwners sockets,
        MachineFacts machine, ProcessUsage footprint) {

    /** A directory that is made when it is asked for. */
    @FunctionalInterface
    public interface DirectoryOpener {

        /** The directory. */
        Disk open() throws IOException;
    }

    /**
     * Facts about the machine and the program.
     *
     * @param name of the machine
     * @param version of the program
     * @param home directory of the user, as Java says it
     * @param credentials directory of systemd's credentials
     */
    public record MachineFacts(String name, String version, String home, Optional<String> credentials) { }

    /** Where the secret of the cluster is looked for. */
    ClusterSecretLoader.SecretSources places(Settings settings) {
        return new ClusterSecretLoader.SecretSources(settings.list("cluster_secret"), settings.text("cluster_secret_file"), machine.credentials, machine.home,
                data.where());
    }

    /**
     * Refuses to use the data directory of another program, before anything in it is touched.
     *
     * @throws UnusableDirectoryException that names it
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
     * The secret of the cluster, made if there is none. On a full disk what the store has set aside is given back for it; when that is
     * not enough and there are data to be served, it is in memory only.
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
            log.warn("the disk is full: the cluster secret is not written, tokens that are made now end with this process",
                    "reason", FailureText.text(e));
            return secrets.unwritten();
        }
    }
}
