/**
 * The parts that give documents to programs: names of files, templates, names of variables, and the files of
 * a mirror on a disk that fails at each of its operations.
 */
package kvs.cli.programs;
