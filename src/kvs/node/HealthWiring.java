package kvs.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import kvs.api.HealthResource;
import kvs.audit.AuditLog;
import kvs.auth.AdminTokenFile;
import kvs.backup.BackupScheduler;
import kvs.config.Settings;
import kvs.documents.FutureVersionsProblem;
import kvs.documents.ModeSwitch;
import kvs.health.FilePermissionCheck;
import kvs.health.FreeSpaceProbe;
import kvs.health.HealthRegistry;
import kvs.http.Route;
import kvs.model.HealthProblem;
import kvs.peer.ClusterSecretLoader;
import kvs.tls.TlsContexts;
import kvs.store.Store;
import kvs.world.Scheduler;

/** The wiring of the health of a node: the problems of all parts, and the checks of disk and files. */
final class HealthWiring {

    private final Settings settings;
    private final Environment environment;
    private final Dependencies parts;
    private final HealthRegistry registry = new HealthRegistry();
    private final FreeSpaceProbe space;

    /** The parts that have problems. */
    record Dependencies(ClusterSecretLoader.LoadedSecrets secret, Optional<AuditLog> auditLog,
            Optional<TlsContexts> tls, ClusterWiring cluster, Store store, BackupScheduler backups,
            AccessWiring access, FreeSpaceProbe space, SiteWiring site) { }

    /** The health of {@code parts}; the checks run on {@code scheduler}. */
    HealthWiring(Settings settings, Environment environment, Dependencies parts, Scheduler scheduler) {
        this.settings = settings;
        this.environment = environment;
        this.parts = parts;
        this.space = parts.space;
        register();
        registry.add(exposure(scheduler)::problems);
    }

    /** Registers the problems of all parts; each is added here and nowhere else. */
    private void register() {
        registry.add(() -> settings.warnings().stream()
                .map(what -> new HealthProblem(HealthProblem.Kind.SETTING, what)).toList());
        registry.add(() -> parts.secret.from().equals(ClusterSecretLoader.MEMORY)
                ? List.of(new HealthProblem(HealthProblem.Kind.SETTING, "the cluster secret is in memory"
                        + " only, the disk has no space for it: new tokens become invalid with the end of"
                        + " this process"))
                : List.of());
        parts.auditLog.ifPresent(kept -> registry.add(kept::problems));
        parts.tls.ifPresent(used -> registry.add(used::problems));
        registry.add(parts.cluster::problems);
        registry.add(parts.store::problems);
        registry.add(() -> FutureVersionsProblem
                .problem(parts.store.root().tree(), environment.clock().wallMs())
                .map(what -> new HealthProblem(HealthProblem.Kind.STAMPED_AHEAD, what)).stream().toList());
        registry.add(parts.backups::problems);
        registry.add(parts.site.reports()::problems);
        registry.add(space::problems);
        registry.add(parts.access::problems);
    }

    /** Checks the files that nobody else may read, for the first time before the first request is served. */
    private FilePermissionCheck exposure(Scheduler scheduler) {
        String data = environment.data().where();
        List<FilePermissionCheck.ProtectedFile> places = new ArrayList<>(List.of(
                new FilePermissionCheck.ProtectedFile(data, "the data"),
                new FilePermissionCheck.ProtectedFile(data + "/tamper", "the tamper log"),
                new FilePermissionCheck.ProtectedFile(data + "/" + AdminTokenFile.NAME, "the admin token"),
                new FilePermissionCheck.ProtectedFile(settings.text("backup_path"), "backups")));
        settings.fileWith("cluster_secret").ifPresent(file ->
                places.add(new FilePermissionCheck.ProtectedFile(file, "the cluster secret")));
        if (parts.secret.from().startsWith("/")) {
            places.add(new FilePermissionCheck.ProtectedFile(parts.secret.from(), "the cluster secret"));
        }
        if (!settings.text("tls_key").isEmpty()) {
            places.add(new FilePermissionCheck.ProtectedFile(settings.text("tls_key"),
                    "the key of the TLS certificate"));
        }
        FilePermissionCheck permissionCheck = new FilePermissionCheck(environment.files(), places,
                environment.log());
        scheduler.start("exposure", permissionCheck, permissionCheck.step());
        return permissionCheck;
    }

    /** The list of problems. */
    HealthRegistry registry() {
        return registry;
    }

    /** The routes of health. */
    List<Route> routes(ModeSwitch modes, BooleanSupplier draining) {
        var node = new HealthResource.NodeDescription(settings.text("node_id"),
                environment.machine().version(),
                parts.cluster::whole, parts.cluster::left, parts.cluster::count, draining);
        return new HealthResource(node, new HealthResource.Dependencies(parts.store, modes, registry, space,
                        parts.cluster.report(parts.backups::lastMs, parts.site.reports()::list)),
                environment.clock()).routes();
    }
}
