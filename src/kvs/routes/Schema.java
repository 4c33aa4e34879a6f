package kvs.routes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kvs.json.JsonWriter;

/**
 * The shape of a JSON value, written as JSON Schema (draft 2020-12). Immutable. Objects are closed: a member
 * that is not described is a fault.
 */
public sealed interface Schema {

    /** Writes the schema; a component is written as a reference to its name. */
    void write(JsonWriter json);

    /** The shape in a few characters, for people: {@code {"uuid","expires_at"?}}. */
    String shape();

    /** Adds the components in it to {@code found}, by their names. */
    default void components(Map<String, Component> found) {
        // Most have none.
    }

    /** A member of an object. */
    record Member(String name, Schema schema, boolean required) { }

    /** Any JSON value. */
    record Any(String about) implements Schema {

        @Override
        public void write(JsonWriter json) {
            json.object().field("description", about).end();
        }

        @Override
        public String shape() {
            return "…";
        }
    }

    /** A text; empty attributes are absent. */
    record Text(String format, String pattern, String about) implements Schema {

        @Override
        public void write(JsonWriter json) {
            json.object().field("type", "string");
            optional(json, "format", format);
            optional(json, "pattern", pattern);
            optional(json, "description", about);
            json.end();
        }

        @Override
        public String shape() {
            return "\"…\"";
        }
    }

    /** One of some texts. */
    record Words(List<String> words) implements Schema {

        @Override
        public void write(JsonWriter json) {
            json.object().field("type", "string").name("enum").array();
            words.forEach(json::value);
            json.end().end();
        }

        @Override
        public String shape() {
            return "\"" + String.join("|", words) + "\"";
        }
    }

    /** An integer within bounds. */
    record Whole(long least, long most, String about) implements Schema {

        @Override
        public void write(JsonWriter json) {
            json.object().field("type", "integer").field("minimum", least);
            if (most < Long.MAX_VALUE) {
                json.field("maximum", most);
            }
            optional(json, "description", about);
            json.end();
        }

        @Override
        public String shape() {
            return "n";
        }
    }

    /** True or false; {@code only}: nothing but true. */
    record Truth(boolean only) implements Schema {

        @Override
        public void write(JsonWriter json) {
            json.object().field("type", "boolean");
            if (only) {
                json.field("const", true);
            }
            json.end();
        }

        @Override
        public String shape() {
            return only ? "true" : "true|false";
        }
    }

    /** Null, or a text. */
    record Maybe(Text text) implements Schema {

        @Override
        public void write(JsonWriter json) {
            json.object().name("type").array().value("string").value("null").end();
            optional(json, "format", text.format);
            optional(json, "description", text.about);
            json.end();
        }

        @Override
        public String shape() {
            return text.shape();
        }
    }

    /** A list. */
    record Items(Schema element) implements Schema {

        @Override
        public void write(JsonWriter json) {
            json.object().field("type", "array").name("items");
            element.write(json);
            json.end();
        }

        @Override
        public String shape() {
            String inner = element.shape();
            return inner.startsWith("{") ? "[" + inner + "…]" : "[…]";
        }

        @Override
        public void components(Map<String, Component> found) {
            element.components(found);
        }
    }

    /** An object with these members and, unless it is open, no other. */
    record Members(List<Member> members, boolean open) implements Schema {

        /** A copy that may have other members. */
        public Members opened() {
            return new Members(members, true);
        }

        /** A copy with a member that is always there. */
        public Members with(String name, Schema schema) {
            return and(new Member(name, schema, true));
        }

        /** A copy with a member that may be there. */
        public Members maybe(String name, Schema schema) {
            return and(new Member(name, schema, false));
        }

        /** A copy with the members of another object. */
        public Members and(Members other) {
            List<Member> more = new ArrayList<>(members);
            more.addAll(other.members);
            return new Members(List.copyOf(more), open);
        }

        private Members and(Member member) {
            return and(new Members(List.of(member), false));
        }

        /** The names of the members. */
        public List<String> names() {
            return members.stream().map(Member::name).toList();
        }

        /** The only word that a member may be. */
        public String wordOf(String name) {
            Member member = members.stream().filter(one -> one.name.equals(name)).findFirst().orElseThrow();
            return ((Words) member.schema).words.get(0);
        }

        @Override
        public void write(JsonWriter json) {
            json.object().field("type", "object").name("properties").object();
            for (Member member : members) {
                json.name(member.name);
                member.schema.write(json);
            }
            json.end();
            List<String> required = members.stream().filter(Member::required).map(Member::name).toList();
            if (!required.isEmpty()) {
                json.name("required").array();
                required.forEach(json::value);
                json.end();
            }
            json.field("additionalProperties", open).end();
        }

        @Override
        public String shape() {
            StringBuilder text = new StringBuilder("{");
            for (Member member : members) {
                text.append(text.length() == 1 ? "\"" : ",\"").append(member.name).append('"')
                        .append(member.required ? "" : "?");
                String inner = member.schema.shape();
                if (inner.startsWith("{") || inner.startsWith("[")) {
                    text.append(':').append(inner);
                }
            }
            return text.append(open ? ",…}" : "}").toString();
        }

        @Override
        public void components(Map<String, Component> found) {
            members.forEach(member -> member.schema.components(found));
        }
    }

    /** One of some shapes. */
    record Choice(List<Schema> options) implements Schema {

        @Override
        public void write(JsonWriter json) {
            json.object().name("anyOf").array();
            options.forEach(option -> option.write(json));
            json.end().end();
        }

        @Override
        public String shape() {
            return options.get(0).shape();
        }

        @Override
        public void components(Map<String, Component> found) {
            options.forEach(option -> option.components(found));
        }
    }

    /** A schema with a name of its own, described once. */
    record Component(String name, Schema schema) implements Schema {

        @Override
        public void write(JsonWriter json) {
            json.object().field("$ref", "#/components/schemas/" + name).end();
        }

        @Override
        public String shape() {
            return schema.shape();
        }

        @Override
        public void components(Map<String, Component> found) {
            if (found.put(name, this) == null) {
                schema.components(found);
            }
        }
    }

    /** Any JSON value. */
    static Schema any(String about) {
        return new Any(about);
    }

    /** Any text. */
    static Text text() {
        return new Text("", "", "");
    }

    /** A text with a meaning. */
    static Text text(String about) {
        return new Text("", "", about);
    }

    /** One of some texts. */
    static Schema words(String... words) {
        return new Words(List.of(words));
    }

    /** An integer within bounds. */
    static Schema integer(long least, long most) {
        return new Whole(least, most, "");
    }

    /** An integer from 0 on. */
    static Schema count(String about) {
        return new Whole(0, Long.MAX_VALUE, about);
    }

    /** True or false. */
    static Schema bool() {
        return new Truth(false);
    }

    /** A member that is there only when it is true. */
    static Schema yes() {
        return new Truth(true);
    }

    /** One of some shapes, which differ. */
    static Schema anyOf(List<? extends Schema> options) {
        return options.size() == 1 ? options.get(0) : new Choice(List.copyOf(options));
    }

    /** A list. */
    static Schema list(Schema element) {
        return new Items(element);
    }

    /** An object without members yet. */
    static Members object() {
        return new Members(List.of(), false);
    }

    /** The components in some schemas, by their names. */
    static Map<String, Component> components(List<Schema> schemas) {
        Map<String, Component> found = new LinkedHashMap<>();
        schemas.forEach(schema -> schema.components(found));
        return found;
    }

    private static void optional(JsonWriter json, String name, String value) {
        if (!value.isEmpty()) {
            json.field(name, value);
        }
    }
}
