package kvs.http;

import java.util.List;
import kvs.data.Limits;

/** How long answers are cut into pages, and where the next one is. */
final class Paging {

    private Paging() { }

    /** Items that a request wants at most. */
    static int limit(Request request) {
        return request.query().number("limit", 1, Limits.PAGE_MAX).map(Long::intValue).orElse(Limits.PAGE_DEFAULT);
    }

    /** The value of {@code Link} for the next page (RFC 8288); {@code parameters} are names and values in turn. All is encoded here. */
    static String link(String path, List<String> parameters) {
        StringBuilder link = new StringBuilder("<").append(Percent.encode(path));
        for (int i = 0; i < parameters.size(); i += 2) {
            link.append(i == 0 ? '?' : '&').append(parameters.get(i)).append('=').append(Percent.encode(parameters.get(i + 1)));
        }
        return link.append(">; rel=\"next\"").toString();
    }
}
