package kvs.cluster;

import kvs.model.Member;

/**
 * A node of the cluster as it is seen from this one.
 *
 * @param member as it said itself
 * @param status how it stands now
 * @param nodeStatus what it said last
 * @param heardMs when that was, Unix ms
 * @param silentMs for how long nothing was heard since
 */
public record MemberView(Member member, Member.Status status, NodeStatus nodeStatus, long heardMs, long silentMs) { }
