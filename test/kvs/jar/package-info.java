/** Tests of the real jar: processes that are started, filled over HTTP, killed and started again. */
package kvs.jar;
