package kvs.auth;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A scope of a token; on a key the scopes and the permissions must both allow an act. */
public enum TokenScope {
    /** Reading. */
    READ(Right.READ),
    /** Creating, overwriting and deleting. */
    WRITE(Right.CREATE, Right.WRITE, Right.DELETE),
    /** Creating. */
    CREATE(Right.CREATE),
    /** Deleting. */
    DELETE(Right.DELETE),
    /** Everything, while the user is an administrator. */
    ADMIN;

    private final List<Right> rights;

    TokenScope(Right... rights) {
        this.rights = List.of(rights);
    }

    /** The name in requests, tokens and responses. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scope of that name. */
    public static Optional<TokenScope> parse(String text) {
        return List.of(values()).stream().filter(scope -> scope.text().equals(text)).findFirst();
    }

    /** The scopes with those names, without those that this version does not know: they give nothing. */
    static Set<TokenScope> set(List<String> texts) {
        Set<TokenScope> scopes = EnumSet.noneOf(TokenScope.class);
        texts.forEach(text -> parse(text).ifPresent(scopes::add));
        return scopes;
    }

    /** Whether one of {@code scopes} covers {@code right}. */
    static boolean any(Set<TokenScope> scopes, Right right) {
        for (TokenScope scope : scopes) {
            if (scope.rights.contains(right)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the holder of {@code held} may delegate {@code wanted}: {@code write} includes create and
     * delete.
     */
    static boolean within(Set<TokenScope> wanted, Set<TokenScope> held) {
        return wanted.stream().allMatch(scope -> held.contains(scope)
                || held.contains(WRITE) && (scope == CREATE || scope == DELETE));
    }
}
