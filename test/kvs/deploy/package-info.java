/**
 * Tests of the files in {@code conf/} that other programs read: Prometheus, Grafana, Kubernetes, the builder
 * of containers, systemd. What those programs would refuse or ignore is looked for here without them; where
 * one of them is installed, its own check runs too.
 */
package kvs.deploy;
