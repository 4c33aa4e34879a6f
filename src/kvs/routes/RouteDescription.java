package kvs.routes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kvs.model.Reason;

/**
 * All that is known of a route without its handler: the one place that describes a request. The check of
 * parameters and conditions, the names of the members of a body, the OpenAPI document and the manual's page
 * of the API come from it. Immutable.
 *
 * @param method GET also serves HEAD
 * @param pattern a path; {@code {path}} stands for one segment or more, {@code {path}/} for a path with a
 *     slash at its end, also the empty one, {@code {path}/metadata} for a path with that end, also without
 *     anything before; any other name in braces for one segment
 * @param access the required access of the caller
 * @param text what people read
 * @param query the accepted query parameters
 * @param conditions the conditional header fields that it evaluates
 * @param body the shape of the body of a request; empty: it has none
 * @param answers the answers that are no refusals, the usual one first
 * @param special the reasons of refusals beside those of every such route
 * @param examples requests and their answers
 */
public record RouteDescription(String method, String pattern, RequiredAccess access, Text text,
        QueryRules query, List<String> conditions, Optional<Schema> body, List<ResponseDescription> answers,
        Set<Reason> special, List<Example> examples) {

    /**
     * The words for people, in Markdown.
     *
     * @param summary the purpose in one sentence, without links
     * @param about the details, with links to pages of the manual; may be empty
     * @param rights the rights on keys that it requires beside the access; empty: none
     */
    public record Text(String summary, String about, String rights) { }

    /** A description without body and words. */
    public static RouteDescription of(String method, String pattern, RequiredAccess access,
            Parameter<?>... parameters) {
        return new Builder(method, pattern, access, "").query(parameters).build();
    }

    /** Begins a description. */
    static Builder describe(String method, String pattern, RequiredAccess access, String summary) {
        return new Builder(method, pattern, access, summary);
    }

    /** A copy with another required access. */
    public RouteDescription open(RequiredAccess other) {
        return new RouteDescription(method, pattern, other, text, query, conditions, body, answers, special,
                examples);
    }

    /** Its name in a table of the API: {@code GET /kv/{path}}. */
    public String name() {
        return method + " " + pattern;
    }

    /** Whether it writes data that the nodes replicate: documents, metadata and accounts. */
    public boolean writes() {
        return replicated() && !method.equals("GET");
    }

    /** Whether it concerns data that the nodes replicate. */
    public boolean replicated() {
        return access != RequiredAccess.PEER && (pattern.startsWith("/kv/") || pattern.startsWith("/auth/")
                || pattern.equals("/sync/merkle/root"));
    }

    /** The names of the members of the body, if that is one object. */
    public List<String> bodyNames() {
        return body.filter(Schema.Members.class::isInstance).map(Schema.Members.class::cast)
                .map(Schema.Members::names).orElse(List.of());
    }

    /** Whether the body of a request is bytes, and no JSON. */
    public boolean takesBytes() {
        return access == RequiredAccess.PEER || body.filter(Schemas.BYTES::equals).isPresent();
    }

    /** All reasons for which a request may be refused, the special ones first. */
    public Set<Reason> reasons() {
        Set<Reason> reasons = EnumSet.of(Reason.BAD_REQUEST, Reason.BAD_KEY, Reason.UNAUTHORIZED,
                Reason.CROSS_ORIGIN, Reason.MISDIRECTED, Reason.RATE_LIMITED, Reason.BUSY, Reason.INTERNAL,
                Reason.NOT_FOUND);
        reasons.addAll(special);
        if (body.isPresent()) {
            reasons.addAll(List.of(Reason.BAD_JSON, Reason.TOO_LARGE, Reason.UNSUPPORTED_TYPE,
                    Reason.LENGTH_REQUIRED));
        }
        if (access != RequiredAccess.OPEN) {
            reasons.addAll(List.of(Reason.FORBIDDEN, Reason.SYNCING));
        }
        if (access == RequiredAccess.ADMIN || access == RequiredAccess.FIRST_USER) {
            reasons.add(Reason.ADMIN_SCOPE_NEEDED);
        }
        if (access == RequiredAccess.FIRST_USER || access == RequiredAccess.FIRST_TOKEN) {
            reasons.addAll(List.of(Reason.BOOTSTRAP_CLOSED, Reason.ADMIN_SCOPE_NEEDED));
        }
        if (pattern.startsWith("/auth/") || pattern.contains("metadata")) {
            reasons.add(Reason.AUTH_DISABLED);
        }
        if (replicated()) {
            reasons.addAll(List.of(Reason.BEHIND, Reason.POSITION_GONE, Reason.DAMAGED));
        }
        if (!conditions.isEmpty()) {
            reasons.add(Reason.CONDITION_FAILED);
        }
        if (writes()) {
            reasons.addAll(List.of(Reason.READ_ONLY, Reason.CLOCK_WRONG, Reason.STORE_FAILED,
                    Reason.DISK_FULL, Reason.OLDER_MEMBERS));
        }
        return reasons;
    }

    /** Collects a description. One thread. */
    static final class Builder {

        private final String method;
        private final String pattern;
        private final RequiredAccess access;
        private final String summary;
        private String about = "";
        private String rights = "";
        private List<Parameter<?>> own = List.of();
        private final List<QueryRules.Form> forms = new ArrayList<>();
        private List<String> conditions = List.of();
        private Optional<Schema> body = Optional.empty();
        private final List<ResponseDescription> answers = new ArrayList<>();
        private final Set<Reason> special = EnumSet.noneOf(Reason.class);
        private List<Example> examples = List.of();

        private Builder(String method, String pattern, RequiredAccess access, String summary) {
            this.method = method;
            this.pattern = pattern;
            this.access = access;
            this.summary = summary;
        }

        /** Details, in Markdown. */
        Builder about(String text) {
            about = text;
            return this;
        }

        /** The rights on keys that it requires. */
        Builder rights(String text) {
            rights = text;
            return this;
        }

        /** The parameters of the usual form. */
        Builder query(Parameter<?>... parameters) {
            own = List.of(parameters);
            return this;
        }

        /** Another form, chosen by a parameter. */
        Builder form(Parameter<?> choice, Parameter<?>... others) {
            forms.add(new QueryRules.Form(choice, List.of(others)));
            return this;
        }

        /** The conditions that it evaluates. */
        Builder conditions(String... names) {
            conditions = List.of(names);
            return this;
        }

        /** The body of a request. */
        Builder body(Schema schema) {
            body = Optional.of(schema);
            return this;
        }

        /** An answer. */
        Builder answer(ResponseDescription answer) {
            answers.add(answer);
            return this;
        }

        /** Further reasons of refusals. */
        Builder refuses(Reason... reasons) {
            special.addAll(Arrays.asList(reasons));
            return this;
        }

        /** Examples. */
        Builder examples(Example... some) {
            examples = List.of(some);
            return this;
        }

        /** The description. */
        RouteDescription build() {
            RouteDescription bare = new RouteDescription(method, pattern, access,
                    new Text(summary, about, rights), QueryRules.NONE, conditions, body,
                    List.copyOf(answers), special, examples);
            QueryRules query = QueryRules.of(own, List.copyOf(forms), SharedParameters.of(bare));
            return new RouteDescription(method, pattern, access, bare.text, query, conditions, body,
                    bare.answers, special, examples);
        }
    }
}
