package kvs.tree;

import java.util.Arrays;
import java.util.Optional;

/**
 * Changes a tree. Nodes of the base are copied when they are first changed; nodes that this editor made
 * itself are edited in place until they are published. An abandoned editor leaves no trace. One thread.
 */
public final class Editor {

    private final EntryHasher hash = new EntryHasher();
    private final int width;
    private Object token = new Object();
    private TreeNode root;
    private Optional<Entry> replaced = Optional.empty();
    private HashSum replacedHash = HashSum.ZERO;
    private HashSum addedHash = HashSum.ZERO;

    Editor(TreeNode root, int width) {
        this.root = root;
        this.width = width;
    }

    /** The entry of a key. */
    public Optional<Entry> get(byte[] key) {
        return Tree.find(root, key);
    }

    /** Puts an entry and returns the entry that it replaced. */
    public Optional<Entry> put(Entry entry) {
        replaced = Optional.empty();
        addedHash = hash.of(entry);
        TreeNode changed = mine(root);
        Optional<TreeNode> right = insert(changed, entry);
        root = right.isEmpty() ? changed : join(changed, right.get());
        return replaced;
    }

    /** Replaces an entry by one of the same version with another location or chain; no total changes. */
    public void amend(Entry entry) {
        root = mine(root);
        TreeNode node = root;
        while (node instanceof InnerNode inner) {
            int index = inner.child(entry.key());
            node = mine(inner.children[index]);
            inner.children[index] = node;
        }
        LeafNode leaf = (LeafNode) node;
        int index = leaf.lowerBound(entry.key());
        Entry old = leaf.entries[index];
        if (old.uuidHigh() != entry.uuidHigh() || old.uuidLow() != entry.uuidLow()
                || !Arrays.equals(old.key(), entry.key())) {
            throw new AssertionError("the version differs from the stored one");
        }
        leaf.entries[index] = entry;
    }

    /** Removes a key and returns its entry. */
    public Optional<Entry> remove(byte[] key) {
        replaced = get(key);
        if (replaced.isEmpty()) {
            return replaced;
        }
        replacedHash = hash.of(replaced.get());
        root = mine(root);
        delete(root, key);
        while (root instanceof InnerNode inner && inner.size == 1) {
            root = inner.children[0];
        }
        return replaced;
    }

    /** The tree as it is now; further edits do not change it. */
    public Tree publish() {
        token = new Object();
        return new Tree(root, width);
    }

    /** A view of the tree as it is now, valid until the next edit. */
    public Tree view() {
        return new Tree(root, width);
    }

    private TreeNode mine(TreeNode node) {
        return node.owner == token ? node : node.copy(token);
    }

    private TreeNode join(TreeNode left, TreeNode right) {
        InnerNode top = new InnerNode(token, width, new NodeTotals());
        top.add(left, lowest(left));
        top.add(right, lowest(right));
        top.headsAnew();
        return top;
    }

    /** A key that is not above anything in {@code node}. */
    private static byte[] lowest(TreeNode node) {
        return node.key(0);
    }

    /** Puts the entry below {@code node}; returns the part that was split off to the right, if any. */
    private Optional<TreeNode> insert(TreeNode node, Entry entry) {
        return node instanceof LeafNode leaf ? insertLeaf(leaf, entry) : insertInner((InnerNode) node, entry);
    }

    private Optional<TreeNode> insertLeaf(LeafNode leaf, Entry entry) {
        int index = leaf.lowerBound(entry.key());
        if (index < leaf.size && Arrays.equals(leaf.key(index), entry.key())) {
            Entry old = leaf.entries[index];
            replaced = Optional.of(old);
            replacedHash = hash.of(old);
            leaf.entries[index] = entry;
            account(leaf, entry);
            return Optional.empty();
        }
        if (leaf.size < width) {
            leaf.insert(index, entry);
            account(leaf, entry);
            return Optional.empty();
        }
        LeafNode right = leaf.split(index == leaf.size ? index : width / 2, hash);
        LeafNode target = index > leaf.size || right.size == 0 ? right : leaf;
        target.insert(target == leaf ? index : index - leaf.size, entry);
        account(target, entry);
        return Optional.of(right);
    }

    private Optional<TreeNode> insertInner(InnerNode inner, Entry entry) {
        int index = inner.child(entry.key());
        TreeNode child = mine(inner.children[index]);
        inner.children[index] = child;
        NodeTotals.Bounds before = child.totals.bounds();
        Optional<TreeNode> split = insert(child, entry);
        inner.totals.add(entry, addedHash);
        if (replaced.isPresent()) {
            subtract(inner, replaced.get(), child.totals.tighterThan(before));
        }
        if (split.isEmpty()) {
            return split;
        }
        TreeNode next = split.get();
        if (inner.size < width) {
            inner.insert(index + 1, next, lowest(next));
            return Optional.empty();
        }
        return splitInner(inner, index + 1, next);
    }

    /**
     * Splits a full node and puts {@code child} at {@code index}; the totals of the node include the child
     * already.
     */
    private Optional<TreeNode> splitInner(InnerNode inner, int index, TreeNode child) {
        inner.totals.subtract(child.totals);
        InnerNode right = inner.split(index == inner.size ? index : width / 2, hash);
        if (right.size == 0) {
            right.add(child, lowest(child));
            right.headsAnew();
            return Optional.of(right);
        }
        InnerNode target = index > inner.size ? right : inner;
        target.insert(target == inner ? index : index - inner.size, child, lowest(child));
        target.totals.add(child.totals);
        return Optional.of(right);
    }

    /**
     * Updates the totals of a leaf after {@code entry} was put, perhaps in the place of {@link #replaced}.
     */
    private void account(LeafNode leaf, Entry entry) {
        leaf.totals.add(entry, addedHash);
        if (replaced.isPresent()) {
            subtract(leaf, replaced.get(), true);
        }
    }

    /**
     * Subtracts {@code gone} from the totals; the bounds can change only if those of the child did:
     * {@code tighter}.
     */
    private void subtract(TreeNode node, Entry gone, boolean tighter) {
        node.totals.subtract(gone, replacedHash);
        if (tighter && node.totals.boundedBy(gone)) {
            node.rebound();
        }
    }

    private void delete(TreeNode node, byte[] key) {
        boolean tighter = true;
        if (node instanceof LeafNode leaf) {
            leaf.remove(leaf.lowerBound(key));
        } else {
            InnerNode inner = (InnerNode) node;
            int index = inner.child(key);
            TreeNode child = mine(inner.children[index]);
            inner.children[index] = child;
            NodeTotals.Bounds before = child.totals.bounds();
            delete(child, key);
            tighter = child.totals.tighterThan(before);
            shrink(inner, index);
        }
        subtract(node, replaced.orElseThrow(), tighter);
    }

    /** Removes an empty child, and merges a small one with a neighbour when both fit into one node. */
    private void shrink(InnerNode parent, int index) {
        TreeNode child = parent.children[index];
        if (child.size == 0) {
            parent.remove(index);
        } else if (child.size < width / 4) {
            if (index + 1 < parent.size && child.size + parent.children[index + 1].size <= width) {
                merge(parent, index);
            } else if (index > 0 && child.size + parent.children[index - 1].size <= width) {
                merge(parent, index - 1);
            }
        }
    }

    /** Appends the child behind {@code index} to the one at {@code index}. */
    private void merge(InnerNode parent, int index) {
        TreeNode left = mine(parent.children[index]);
        TreeNode right = parent.children[index + 1];
        if (left instanceof LeafNode leaf) {
            leaf.append((LeafNode) right);
        } else {
            ((InnerNode) left).append((InnerNode) right, parent.key(index + 1));
        }
        parent.children[index] = left;
        parent.remove(index + 1);
    }
}
