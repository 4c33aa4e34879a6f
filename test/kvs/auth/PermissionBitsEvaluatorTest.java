package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kvs.model.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionBitsEvaluatorTest {

    private static final UUID ANN = new UUID(1, 1);

    private static Principal user(boolean admin, Set<TokenScope> scopes) {
        return new Principal(Principal.Kind.USER, ANN, Optional.of(new UUID(2, 2)), scopes, admin,
                Version.FOREVER);
    }

    /** Scopes, bits, standing and right of a user, and what it comes to. */
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        // Each scope gives its rights and no others, when the bits give all.
        "read cdwr,cdwr,cdwr OWNER READ true", "read cdwr,cdwr,cdwr OWNER WRITE false",
        "read cdwr,cdwr,cdwr OWNER CREATE false", "read cdwr,cdwr,cdwr OWNER DELETE false",
        "write cdwr,cdwr,cdwr OWNER READ false", "write cdwr,cdwr,cdwr OWNER WRITE true",
        "write cdwr,cdwr,cdwr OWNER CREATE true", "write cdwr,cdwr,cdwr OWNER DELETE true",
        "create cdwr,cdwr,cdwr OWNER READ false", "create cdwr,cdwr,cdwr OWNER WRITE false",
        "create cdwr,cdwr,cdwr OWNER CREATE true", "create cdwr,cdwr,cdwr OWNER DELETE false",
        "delete cdwr,cdwr,cdwr OWNER READ false", "delete cdwr,cdwr,cdwr OWNER WRITE false",
        "delete cdwr,cdwr,cdwr OWNER CREATE false", "delete cdwr,cdwr,cdwr OWNER DELETE true",
        "admin cdwr,cdwr,cdwr OWNER READ false", "admin cdwr,cdwr,cdwr OWNER WRITE false",
        // Each class has its own bits, the first that fits decides alone.
        "read ---r,----,---- OWNER READ true", "read ---r,----,---- GROUP READ false",
        "read ---r,----,---- OTHERS READ false", "read ----,---r,---- OWNER READ false",
        "read ----,---r,---- GROUP READ true", "read ----,---r,---- OTHERS READ false",
        "read ----,----,---r OWNER READ false", "read ----,----,---r GROUP READ false",
        "read ----,----,---r OTHERS READ true",
        // Each right has its own bit.
        "write c---,----,---- OWNER CREATE true", "write c---,----,---- OWNER DELETE false",
        "write c---,----,---- OWNER WRITE false", "write -d--,----,---- OWNER CREATE false",
        "write -d--,----,---- OWNER DELETE true", "write -d--,----,---- OWNER WRITE false",
        "write --w-,----,---- OWNER CREATE false", "write --w-,----,---- OWNER DELETE false",
        "write --w-,----,---- OWNER WRITE true",
        "write ---r,----,---- OWNER WRITE false", "read cdw-,cdw-,cdw- OWNER READ false"})
    void aUserNeedsScopeAndBit(String scope, String bits, PermissionClass permissionClass, Right right,
            boolean allowed) {
        Principal caller = user(false, EnumSet.of(TokenScope.parse(scope).orElseThrow()));
        assertEquals(allowed, new PermissionBitsEvaluator(false, false)
                .allows(caller, right, permissionClass, PermissionBits.parse(bits).orElseThrow(), ANN));
        assertEquals(allowed, new PermissionBitsEvaluator(true, true)
                .allows(caller, right, permissionClass, PermissionBits.parse(bits).orElseThrow(), ANN));
    }

    /**
     * allow_anonymous_read, allow_anonymous_write, bits of others, whether the key is somebody's; then
     * create, delete, write, read.
     */
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "false false cdwr false ----", "true false cdwr false ---r", "false true cdwr false c-w-",
        "true true cdwr false c-wr", "true true cdwr true c--r", "true true ---- false ----",
        "true true c--- false c-w-", "true false c--- false ----", "true true --w- false --w-",
        "true true -d-- false ----", "false true c-w- true c---"})
    void anonymousIsAmongOthersBehindTwoSwitches(boolean read, boolean write, String others, boolean owned,
            String expected) {
        PermissionBitsEvaluator decision = new PermissionBitsEvaluator(read, write);
        PermissionBits bits = PermissionBits.parse("cdwr,cdwr," + others).orElseThrow();
        StringBuilder found = new StringBuilder();
        for (Right right : Right.values()) {
            boolean allowed = decision.allows(Principal.ANONYMOUS, right, PermissionClass.OTHERS, bits,
                    owned ? ANN : Version.NOBODY);
            found.append(allowed ? right.letter() : '-');
        }
        assertEquals(expected, found.toString());
    }

    @Test
    void administratorsAndOperatorsMayEverything() {
        for (Right right : Right.values()) {
            for (PermissionClass permissionClass : PermissionClass.values()) {
                PermissionBitsEvaluator decision = new PermissionBitsEvaluator(false, false);
                assertTrue(decision.allows(user(true, EnumSet.of(TokenScope.ADMIN)), right, permissionClass,
                        new PermissionBits(0), ANN));
                assertTrue(decision.allows(Principal.OPERATOR, right, permissionClass,
                        new PermissionBits(0), ANN));
                assertTrue(decision.allows(Principal.EVERYBODY, right, permissionClass,
                        new PermissionBits(0), ANN));
                assertFalse(decision.allows(user(false, EnumSet.allOf(TokenScope.class)), right,
                        permissionClass, new PermissionBits(0), ANN));
            }
        }
    }

    @Test
    void everyWordHasOneText() {
        for (int word = 0; word <= PermissionBits.MAX; word++) {
            assertEquals(Optional.of(new PermissionBits(word)),
                    PermissionBits.parse(new PermissionBits(word).text()));
        }
        assertEquals(0xfb9, PermissionBits.parse("cdwr,c-wr,c--r").orElseThrow().word());
        assertEquals(1 << 11, PermissionBits.parse("c---,----,----").orElseThrow().word());
        assertEquals(1, PermissionBits.parse("----,----,---r").orElseThrow().word());
        assertThrows(IllegalArgumentException.class, () -> new PermissionBits(4096));
        assertThrows(IllegalArgumentException.class, () -> new PermissionBits(-1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cdwr", "cdwr,cdwr,cdwr,", "dcwr,----,----", "cdwr,----,---x",
        "cdwr.----,----", "cdwr,----.----", "CDWR,----,----", "cdwr ---- ----"})
    void otherTextsAreNone(String text) {
        assertEquals(Optional.empty(), PermissionBits.parse(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"read read true", "create write true", "delete write true",
        "write create false", "read write false", "admin write false", "write write true"})
    void writeIncludesCreateAndDelete(String wanted, String held, boolean within) {
        assertEquals(within, TokenScope.within(EnumSet.of(TokenScope.parse(wanted).orElseThrow()),
                EnumSet.of(TokenScope.parse(held).orElseThrow())));
    }
}
