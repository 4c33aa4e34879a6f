package kvs.cli;

import java.io.IOException;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.MisuseException;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.model.Refusal;
import kvs.tls.TlsContexts;
import kvs.world.FailureText;

/** A command that works with the settings and files of a node on this machine. */
interface LocalCommand extends Command {

    /** Runs the command; failures of settings, directories and certificates become those of a command. */
    ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException;

    @Override
    default ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        try {
            return runHere(arguments);
        } catch (ConfigException e) {
            throw new CommandException(ExitStatus.MISUSED, String.join("\nkvs: ", e.errors()), e);
        } catch (UnusableDirectoryException e) {
            throw new CommandException(e.isNewer() ? ExitStatus.NEWER_FILE : ExitStatus.FAILED,
                    FailureText.text(e), e);
        } catch (TlsContexts.TlsException e) {
            throw new CommandException(ExitStatus.FAILED, FailureText.text(e), e);
        } catch (Refusal e) {
            throw new CommandException(ExitStatus.FAILED, e.detail(), e);
        }
    }
}
