/**
 * Tests of accounts: rules as truth tables, tokens under attack, rights over a store in memory, and the first
 * user under all circumstances. What requests come to is tested in {@code kvs.http}.
 */
package kvs.auth;
