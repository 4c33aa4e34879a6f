/** Tests of what is deflated, and how hard. */
package kvs.deflate;
