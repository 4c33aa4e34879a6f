package kvs.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.http.PercentEncoding;
import kvs.http.QueryParameters;
import kvs.http.Request;
import kvs.http.Response;
import kvs.routes.SharedParameters;

/** Divides long responses into pages, each with a link to the next. */
final class Pagination {

    private Pagination() { }

    /** The maximum number of items that a request allows. */
    static int limit(Request request) {
        return request.query().required(SharedParameters.LIMIT).intValue();
    }

    /** Adds a link to {@code response}, to the same listing from {@code next} on, if there is more. */
    static Response linked(Response response, Request request, Optional<String> next) {
        return linked(response, request, "after", next);
    }

    /** The same for a listing whose cursor is called {@code parameter}. */
    static Response linked(Response response, Request request, String parameter, Optional<String> next) {
        return next.map(place -> {
            List<String> parameters = request.query().inTurnWithout(parameter);
            parameters.addAll(List.of(parameter, place));
            return response.with("Link", link(request.path(), parameters));
        }).orElse(response);
    }

    /** Adds {@code ?pretty} to the parameters of a link, if the request has it. */
    static List<String> pretty(QueryParameters query, List<String> parameters) {
        if (!query.flag(SharedParameters.PRETTY)) {
            return parameters;
        }
        List<String> more = new ArrayList<>(parameters);
        more.addAll(List.of(SharedParameters.PRETTY.name(), "true"));
        return more;
    }

    /**
     * The value of {@code Link} for the next page (RFC 8288); {@code parameters} are names and values in
     * turn. All is encoded here.
     */
    static String link(String path, List<String> parameters) {
        StringBuilder link = new StringBuilder("<").append(PercentEncoding.encode(path));
        for (int i = 0; i < parameters.size(); i += 2) {
            link.append(i == 0 ? '?' : '&').append(parameters.get(i)).append('=')
                    .append(PercentEncoding.encode(parameters.get(i + 1)));
        }
        return link.append(">; rel=\"next\"").toString();
    }
}
