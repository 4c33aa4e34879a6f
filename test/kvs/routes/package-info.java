/** Tests of the table of routes. */
package kvs.routes;
