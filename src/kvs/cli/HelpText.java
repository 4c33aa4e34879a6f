package kvs.cli;

/** The text that {@code --help} prints. */
public final class HelpText {

    public static final String TEXT = """
            KVS, a key-value store for JSON documents.

              java -jar kvs.jar [config.yaml]    start a node; without a file it reads ./config.yaml, written
                                                 at the first start
                  --force-degraded               start although parts of the log are missing
              java -jar kvs.jar token [config.yaml]
                                                 print a new token, on the machine of the node, whether it
                                                 runs or not
                  --user NICKNAME|UUID           whose, default is the only administrator; one is made when
                                                 there is none
                  --scopes read,write,admin      what for: of read write create delete admin
                  --ttl 24h                      how long it is good
              java -jar kvs.jar export SOURCE FILE [config.yaml]
                                                 write all documents to a file, one JSON object a line; SOURCE
                                                 is the URL of a node that runs or the data directory of one
                                                 that does not, FILE may be - for the standard output
                  --prefix P                     only paths that begin with P
                  --metadata                     owners, groups and permissions too
              java -jar kvs.jar import FILE TARGET [config.yaml]
                                                 take such a file in; started again after an interruption it
                                                 goes on where it stopped; exit status 1 when lines were
                                                 refused, the others are in then
                  --metadata                     owners, groups and permissions too
                  --rename FROM=TO               paths that begin with FROM begin with TO instead; repeatable,
                                                 the first that fits
              java -jar kvs.jar verify DATA_DIR  walk every byte of a stopped node's data, list every fault;
                                                 exit status 1 when there is one
              java -jar kvs.jar verify FILE      read a backup and check all of it; exit status 1 when it is
                                                 damaged
              java -jar kvs.jar backup FILE DATA_DIR
                                                 write a stopped node's data into a new file
              java -jar kvs.jar restore FILE DATA_DIR
                                                 make a data directory, which is empty or not there, of a
                                                 backup
                  --keep-tokens                  the tokens in it stay good; else all of them are revoked
                  --until 2026-11-26T03:44:35Z   the state of that time, as far as the history that is kept
                                                 reaches back
              java -jar kvs.jar restamp DATA_DIR
                                                 after a wrong clock, on a stopped node: give what it stamped
                                                 ahead the present time, as far as no other node can have
                                                 taken it; exit status 1 when something else must be done
                  --dry-run                      only count
              java -jar kvs.jar verify-log DATA_DIR [config.yaml]
                                                 name the first line of the tamper log that is not as it was
                                                 written; exit status 1 then
                  --head SEQ:HASH                a head that was noted elsewhere: proves that nothing up to it
                                                 was cut off or made anew
                  --against URL                  ask that node what it and its members remember of the log;
                                                 repeatable
              java -jar kvs.jar docs [PAGE]      print a page of the manual, in Markdown; without a name its
                                                 index
              java -jar kvs.jar --version
              java -jar kvs.jar --help

            Every setting can be given as an environment variable too: KVS_PORT=8081. Stop a node by SIGTERM
            or Ctrl-C.
            export, import and verify-log show a node the token in KVS_TOKEN, else, to the node of the
            settings on this machine, its admin token.
            """;

    private HelpText() { }
}
