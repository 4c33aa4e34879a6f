package kvs;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/**
 * The order in which test classes start: those that take longest first, so that none of them is left when the
 * others are done. A class that is missing here costs time only when it takes long and comes late.
 */
public final class LongestFirst implements ClassOrderer {

    private static final List<String> LONGEST = List.of("ClusterSiteStormTest",
            "ClusterSiteStormSecondHalfTest", "SiteStormTest", "ManualCommandsTest", "SitesTest",
            "ClusterTest", "ConsoleTest", "PlantedFaultTest", "UpgradeTest", "DiskFullTest",
            "ConsoleLooksTest", "ReplicationTest", "LauncherTest", "JarTransferTest", "FailoverTest",
            "CoverageTrackerTest", "LargeBodiesTest", "AccessTest", "FreezeTest", "FuzzTest",
            "ClusterPositionTest", "ConsoleModulesTest", "MirrorKillTest", "CommandTest",
            "SiteCommandsTest", "NioEngineTlsTest", "JarMetricsTest", "MembershipTest", "BackupTest",
            "TranscriptTest", "JdkEngineTest", "AuditLogTest", "AuditFaultTest", "RestoredNodeTest",
            "TidyTest", "TlsContextsTest", "KillTest", "MakefileTest");

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors().sort(Comparator.comparingInt(LongestFirst::rank));
    }

    private static int rank(ClassDescriptor test) {
        int listed = LONGEST.indexOf(test.getTestClass().getSimpleName());
        return listed < 0 ? LONGEST.size() : listed;
    }
}
