package kvs.cluster;

import kvs.model.Member;

/**
 * A node of the cluster as seen from this one.
 *
 * @param member its own description
 * @param status its status now
 * @param nodeStatus its last report
 * @param heardMs time of that report, Unix ms
 * @param silentMs time since that report
 */
public record MemberView(Member member, Member.Status status, NodeStatus nodeStatus, long heardMs,
        long silentMs) { }
