package kvs.cli;

/** The text that {@code --help} prints. */
public final class HelpText {

    public static final String TEXT = """
            KVS, a key-value store for JSON documents.

              java -jar kvs.jar [config.yaml]    start a node; the default file is ./config.yaml, which the
                                                 first start writes
                  --force-degraded               start even if parts of the log are missing
              java -jar kvs.jar token [config.yaml]
                                                 create and print a token, on the machine of the node, which
                                                 may run or be stopped
                  --user NICKNAME|UUID           the user; default is the only administrator, who is created
                                                 if there is none
                  --scopes read,write,admin      the scopes, of read write create delete admin
                  --ttl 24h                      the lifetime
              java -jar kvs.jar export SOURCE FILE [config.yaml]
                                                 write all documents to a file, one JSON object per line;
                                                 SOURCE is the URL of a running node or the data directory of
                                                 a stopped node; FILE - is the standard output
                  --prefix P                     only paths that start with P
                  --metadata                     also owners, groups and permissions
              java -jar kvs.jar import FILE TARGET [config.yaml]
                                                 read such a file into a node or a data directory; a restart
                                                 continues an interrupted import; exit status 1 if lines were
                                                 refused, all other lines are imported
                  --metadata                     also owners, groups and permissions
                  --rename FROM=TO               replace FROM at the start of paths by TO; repeatable, the
                                                 first match counts
              java -jar kvs.jar verify DATA_DIR  read every byte of a stopped node's data, list every fault;
                                                 exit status 1 if there is one
              java -jar kvs.jar verify FILE      read and check a complete backup; exit status 1 if it is
                                                 damaged
              java -jar kvs.jar backup FILE DATA_DIR
                                                 write a stopped node's data to a new file
              java -jar kvs.jar restore FILE DATA_DIR
                                                 make a data directory from a backup; DATA_DIR is empty or
                                                 does not exist
                  --keep-tokens                  keep the tokens valid; the default revokes all of them
                  --until 2026-11-26T03:44:35Z   the state of that time, as far as the history reaches back
              java -jar kvs.jar restamp DATA_DIR
                                                 on a stopped node whose clock was ahead: give the versions
                                                 from the future the present time, unless another node may
                                                 have them; exit status 1 if some need another remedy
                  --dry-run                      only count
              java -jar kvs.jar verify-log DATA_DIR [config.yaml]
                                                 check the tamper log and name the first changed line; exit
                                                 status 1 if there is one
                  --head SEQ:HASH                a head that was noted elsewhere: proves that no line up to it
                                                 was removed or replaced
                  --against URL                  compare with the heads that this node and its members
                                                 remember; repeatable
              java -jar kvs.jar docs [PAGE]      print a page of the manual, in Markdown; the default is the
                                                 index
              java -jar kvs.jar --version
              java -jar kvs.jar --help

            Each setting is also an environment variable: KVS_PORT=8081. Stop a node by SIGTERM or Ctrl-C.
            export, import and verify-log send the token in KVS_TOKEN. Without it they send the admin token
            to the node of the settings on this machine.
            """;

    private HelpText() { }
}
