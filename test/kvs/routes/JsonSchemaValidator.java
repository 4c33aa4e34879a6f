package kvs.routes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.model.AsciiParsers;

/**
 * A validator for the part of JSON Schema (draft 2020-12) that our document uses; another keyword is a fault
 * of the schema. Schemas are read once. Immutable after construction.
 */
public final class JsonSchemaValidator {

    private static final Set<String> KEYWORDS = Set.of("$ref", "type", "enum", "const", "format", "pattern",
            "minimum", "maximum", "properties", "required", "additionalProperties", "items", "anyOf",
            "description");
    private static final Set<String> TYPES = Set.of("object", "array", "string", "integer", "boolean",
            "null");
    private static final Set<String> FORMATS = Set.of("uuid", "uri-reference");
    private static final String REFERENCE = "#/components/schemas/";
    private static final Rule ANYTHING = new Rule(Set.of(), Set.of(), Optional.empty(), Optional.empty(),
            new Bounds(Long.MIN_VALUE, Long.MAX_VALUE), new Shape(Map.of(), Set.of(), true), Optional.empty(),
            List.of(), Optional.empty());

    private final Map<String, Rule> components = new LinkedHashMap<>();

    /** The bounds of an integer. */
    private record Bounds(long least, long most) { }

    /** The members of an object. */
    private record Shape(Map<String, Rule> members, Set<String> required, boolean open) { }

    /** A schema; {@code words} are the accepted texts of JSON. */
    public record Rule(Set<String> types, Set<String> words, Optional<String> format,
            Optional<Pattern> pattern, Bounds bounds, Shape shape, Optional<Rule> items, List<Rule> anyOf,
            Optional<String> reference) { }

    /** A validator with these components, by their names. */
    public JsonSchemaValidator(JsonValue schemas) throws JsonException {
        for (JsonValue.Field component : schemas.fields()) {
            components.put(component.name(), read(component.value()));
        }
        for (Rule rule : components.values()) {
            references(rule);
        }
    }

    /** Refuses a reference to nothing. */
    private void references(Rule rule) throws JsonException {
        if (rule.reference.isPresent() && !components.containsKey(rule.reference.get())) {
            throw new AssertionError("no component " + rule.reference.get());
        }
        List<Rule> inner = new ArrayList<>(rule.shape.members.values());
        inner.addAll(rule.anyOf);
        rule.items.ifPresent(inner::add);
        for (Rule one : inner) {
            references(one);
        }
    }

    /** Reads a schema. */
    public Rule read(JsonValue schema) throws JsonException {
        Map<String, JsonValue> words = new LinkedHashMap<>();
        for (JsonValue.Field field : schema.fields()) {
            words.put(field.name(), field.value());
        }
        Set<String> unknown = new TreeSet<>(words.keySet());
        unknown.removeAll(KEYWORDS);
        if (!unknown.isEmpty()) {
            throw schema.wrong("unknown keywords " + unknown);
        }
        Set<String> types = strings(words.get("type"), TYPES);
        Set<String> accepted = new LinkedHashSet<>();
        if (words.containsKey("enum")) {
            words.get("enum").elements().forEach(value -> accepted.add(text(value)));
        }
        if (words.containsKey("const")) {
            accepted.add(text(words.get("const")));
        }
        return new Rule(types, accepted, strings(words.get("format"), FORMATS).stream().findFirst(),
                words.containsKey("pattern") ? Optional.of(Pattern.compile(words.get("pattern").string()))
                        : Optional.empty(),
                new Bounds(number(words.get("minimum"), Long.MIN_VALUE),
                        number(words.get("maximum"), Long.MAX_VALUE)),
                shape(words), words.containsKey("items") ? Optional.of(read(words.get("items")))
                        : Optional.empty(), list(words.get("anyOf")), reference(words.get("$ref")));
    }

    private Shape shape(Map<String, JsonValue> words) throws JsonException {
        Map<String, Rule> members = new LinkedHashMap<>();
        if (words.containsKey("properties")) {
            for (JsonValue.Field member : words.get("properties").fields()) {
                members.put(member.name(), read(member.value()));
            }
        }
        Set<String> required = strings(words.get("required"), members.keySet());
        boolean open = !words.containsKey("additionalProperties") || words.get("additionalProperties").bool();
        return new Shape(members, required, open);
    }

    private List<Rule> list(JsonValue array) throws JsonException {
        List<Rule> rules = new ArrayList<>();
        for (JsonValue element : array == null ? List.<JsonValue>of() : array.elements()) {
            rules.add(read(element));
        }
        return rules;
    }

    private static Optional<String> reference(JsonValue value) throws JsonException {
        if (value == null) {
            return Optional.empty();
        }
        if (!value.string().startsWith(REFERENCE)) {
            throw value.wrong("a reference to no component");
        }
        return Optional.of(value.string().substring(REFERENCE.length()));
    }

    /** A text or a list of texts, each of which must be known. */
    private static Set<String> strings(JsonValue value, Set<String> known) throws JsonException {
        Set<String> strings = new LinkedHashSet<>();
        if (value != null) {
            for (JsonValue one : value.kind() == JsonValue.Kind.ARRAY ? value.elements() : List.of(value)) {
                strings.add(one.string());
            }
            if (!known.containsAll(strings)) {
                throw value.wrong(strings + " are not all in " + known);
            }
        }
        return strings;
    }

    private static long number(JsonValue value, long otherwise) throws JsonException {
        return value == null ? otherwise : value.asLong();
    }

    /** The faults of a value, each with its place; empty: it fits. */
    public List<String> faults(Rule rule, JsonValue value, String at) {
        List<String> faults = new ArrayList<>();
        try {
            check(rule, value, at, faults);
        } catch (JsonException e) {
            faults.add(at + ": " + e.getMessage());
        }
        return faults;
    }

    private void check(Rule rule, JsonValue value, String at, List<String> faults) throws JsonException {
        if (rule.reference.isPresent()) {
            check(components.getOrDefault(rule.reference.get(), ANYTHING), value, at, faults);
        }
        if (!rule.types.isEmpty() && !rule.types.contains(type(value))) {
            faults.add(at + " is " + type(value) + ", not " + rule.types);
            return;
        }
        if (!rule.words.isEmpty() && !rule.words.contains(text(value))) {
            faults.add(at + " is " + text(value) + ", not one of " + rule.words);
        }
        switch (value.kind()) {
            case OBJECT -> object(rule.shape, value, at, faults);
            case ARRAY -> array(rule, value, at, faults);
            case STRING -> string(rule, value, at, faults);
            case NUMBER -> number(rule.bounds, value, at, faults);
            case BOOLEAN, NULL -> { }
        }
        if (!rule.anyOf.isEmpty()) {
            anyOf(rule, value, at, faults);
        }
    }

    private void anyOf(Rule rule, JsonValue value, String at, List<String> faults) throws JsonException {
        List<String> all = new ArrayList<>();
        for (Rule option : rule.anyOf) {
            List<String> some = faults(option, value, at);
            if (some.isEmpty()) {
                return;
            }
            all.add(some.toString());
        }
        faults.add(at + " fits no option: " + all);
    }

    private void object(Shape shape, JsonValue value, String at, List<String> faults) throws JsonException {
        if (shape.open && shape.members.isEmpty()) {
            return;
        }
        Set<String> missing = new LinkedHashSet<>(shape.required);
        for (JsonValue.Field field : value.fields()) {
            missing.remove(field.name());
            Rule member = shape.members.get(field.name());
            if (member != null) {
                check(member, field.value(), at + "." + field.name(), faults);
            } else if (!shape.open) {
                faults.add(at + "." + field.name() + " is not described");
            }
        }
        if (!missing.isEmpty()) {
            faults.add(at + " lacks " + missing);
        }
    }

    private void array(Rule rule, JsonValue value, String at, List<String> faults) throws JsonException {
        if (rule.items.isPresent()) {
            List<JsonValue> elements = value.elements();
            for (int i = 0; i < elements.size(); i++) {
                check(rule.items.get(), elements.get(i), at + "[" + i + "]", faults);
            }
        }
    }

    private static void string(Rule rule, JsonValue value, String at, List<String> faults)
            throws JsonException {
        if (rule.format.isEmpty() && rule.pattern.isEmpty()) {
            return;
        }
        String string = value.string();
        if (rule.pattern.isPresent() && !rule.pattern.get().matcher(string).find()) {
            faults.add(at + " is " + string + ", which does not match " + rule.pattern.get());
        }
        boolean good = rule.format.isEmpty() || switch (rule.format.get()) {
            case "uuid" -> AsciiParsers.uuid(string).isPresent();
            default -> string.startsWith("/");
        };
        if (!good) {
            faults.add(at + " is " + string + ", which is no " + rule.format.get());
        }
    }

    private static void number(Bounds bounds, JsonValue value, String at, List<String> faults)
            throws JsonException {
        if (bounds.least != Long.MIN_VALUE || bounds.most != Long.MAX_VALUE) {
            long number = value.asLong();
            if (number < bounds.least || number > bounds.most) {
                faults.add(at + " is " + number + ", not " + bounds.least + " to " + bounds.most);
            }
        }
    }

    private static String type(JsonValue value) {
        return switch (value.kind()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NULL -> "null";
            case NUMBER -> text(value).chars().allMatch(c -> c == '-' || c >= '0' && c <= '9') ? "integer"
                    : "number";
        };
    }

    private static String text(JsonValue value) {
        return new String(value.raw(), StandardCharsets.UTF_8);
    }
}
