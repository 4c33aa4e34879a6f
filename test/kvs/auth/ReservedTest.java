package kvs.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.UUID;
import kvs.model.Key;
import org.junit.jupiter.api.Test;

class ReservedTest {

    private static final UUID A = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");
    private static final UUID B = new UUID(0, -1);

    private static String text(Key key) {
        return key.text().replace('\0', '!');
    }

    /** They are in every directory: whatever writes them must write the same. */
    @Test
    void namesNeverChange() {
        assertEquals("!gone/" + A, text(Reserved.gone(A)));
        assertEquals("!group/" + A, text(Reserved.group(A)));
        assertEquals("!member/" + A + "/" + B, text(Reserved.member(A, B)));
        assertEquals("!revoked/" + B, text(Reserved.revoked(B)));
        assertEquals("!token/" + B + "/" + A, text(Reserved.token(B, A)));
        assertEquals("!user/" + B, text(Reserved.user(B)));
        assertEquals(A, Reserved.last(Reserved.token(B, A).bytes()));
        assertEquals(B, Reserved.first(Reserved.token(B, A).bytes()));
    }
}
