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

    private static final List<String> LONGEST = List.of("ManualCommandsTest", "ConsoleTest",
            "UpgradeTest", "PlantedFaultTest", "ConsoleLooksTest", "ClusterTest", "LargeBodiesTest",
            "JarTransferTest", "FreezeTest", "DiskFullTest", "AccessTest", "FailoverTest", "LauncherTest",
            "ConsoleModulesTest", "ReplicationTest", "CoverageTrackerTest", "ClusterPositionTest",
            "MirrorKillTest", "CommandTest", "MakefileTest", "BackupTest", "TidyTest", "KillTest",
            "RestoredNodeTest");

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors().sort(Comparator.comparingInt(LongestFirst::rank));
    }

    private static int rank(ClassDescriptor test) {
        int listed = LONGEST.indexOf(test.getTestClass().getSimpleName());
        return listed < 0 ? LONGEST.size() : listed;
    }
}
