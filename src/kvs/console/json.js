// The JSON of documents, read by the rules of the node (RFC 8259, no duplicate names, 128 levels). Texts are
// kept as they are written: a number of thirty digits is not one that JavaScript has.
const DEPTH_MAX = 128;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
// Half of a character of two: no text of UTF-8 can hold it alone.
const HALF = /\p{Surrogate}/u;
const WORD = /true|false|null/y;

// A fault with its place: offset from 0, line and column from 1.
class JsonFault extends Error {
  constructor(text, offset, message) {
    super(message);
    const before = text.slice(0, offset);
    this.offset = offset;
    this.line = before.split('\n').length;
    this.column = offset - before.lastIndexOf('\n');
  }
}

class Scanner {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fault(message, offset = this.at) {
    return new JsonFault(this.text, offset, message);
  }

  // The text that a pattern matches here; undefined when it does not.
  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) {
      return undefined;
    }
    this.at += found[0].length;
    return found[0];
  }

  // Whether this sign is next, after white space; it is taken then.
  sign(sign) {
    this.take(SPACE);
    if (this.text[this.at] !== sign) {
      return false;
    }
    this.at++;
    return true;
  }

  string(what) {
    this.take(SPACE);
    const from = this.at;
    const string = this.take(STRING);
    if (string === undefined) {
      throw this.text[from] === '"'
        ? this.fault(this.#stringFault(from), from)
        : this.fault(`${what} is missing`);
    }
    if (string.includes('\\u') && HALF.test(JSON.parse(string))) {
      throw this.fault('an escape of this string stands for half a character', from);
    }
    return string;
  }

  #stringFault(from) {
    const end = this.text.slice(from + 1).search(/["\n]/);
    return end < 0 || this.text[from + 1 + end] === '\n'
      ? 'this string has no end'
      : 'this string has a control character or an unknown escape';
  }

  // Reads a value and returns it with this indentation.
  value(indent) {
    this.take(SPACE);
    switch (this.text[this.at]) {
      case '{':
        return this.#list('}', indent, (inner, seen) => this.#member(inner, seen));
      case '[':
        return this.#list(']', indent, (inner) => this.value(inner));
      case '"':
        return this.string('a string');
      default:
        return this.#plain();
    }
  }

  #plain() {
    const from = this.at;
    const plain = this.take(NUMBER) ?? this.take(WORD);
    if (plain === undefined) {
      throw this.fault(
        from >= this.text.length
          ? 'the document ends too early: a value is missing'
          : 'a value is missing, or a word or number is malformed',
      );
    }
    if (/[\w.+-]/.test(this.text[this.at] ?? '')) {
      throw this.fault('a word or number is malformed', from);
    }
    return plain;
  }

  #member(indent, seen) {
    const name = this.name(seen);
    return `${name}: ${this.value(indent)}`;
  }

  // Reads the name of a member and its colon, and notes the name among those that the object has.
  name(seen) {
    this.take(SPACE);
    const from = this.at;
    const name = this.string('the name of a member, in double quotes,');
    const plain = JSON.parse(name);
    if (seen.has(plain)) {
      throw this.fault(`the name ${name} stands twice in this object`, from);
    }
    seen.add(plain);
    if (!this.sign(':')) {
      throw this.fault("':' is missing after the name of a member");
    }
    return name;
  }

  // Reads the sign that ends the list or object which began at `from`.
  close(end, from) {
    if (!this.sign(end)) {
      throw this.at >= this.text.length
        ? this.fault(`this '${this.text[from]}' has no end`, from)
        : this.fault(`',' or '${end}' is missing`);
    }
  }

  // Nothing but white space may stand behind the document.
  end() {
    this.take(SPACE);
    if (this.at < this.text.length) {
      throw this.fault('something stands behind the end of the document');
    }
  }

  #list(end, indent, part) {
    const from = this.at;
    if (indent.length / 2 >= DEPTH_MAX) {
      throw this.fault(`more than ${DEPTH_MAX} levels`);
    }
    const begin = this.text[this.at++];
    if (this.sign(end)) {
      return begin + end;
    }
    const parts = [];
    const seen = new Set();
    const inner = `${indent}  `;
    do {
      parts.push(inner + part(inner, seen));
    } while (this.sign(','));
    this.close(end, from);
    return `${begin}\n${parts.join(',\n')}\n${indent}${end}`;
  }
}

// The text with line breaks and indentation. Throws a fault with line, column, offset and message.
export function pretty(text) {
  const scanner = new Scanner(text);
  const indented = scanner.value('');
  scanner.end();
  return indented;
}

// The fault of a text; undefined when there is none.
export function faultOf(text) {
  try {
    pretty(text);
    return undefined;
  } catch (fault) {
    return fault;
  }
}

// The members of an object as texts, by name: `members('{"data":1.0}').data` is '1.0'. A text that begins as
// no object has none; throws a fault where an object is malformed or cut off.
export function members(text) {
  const scanner = new Scanner(text);
  const found = Object.create(null);
  const seen = new Set();
  if (!scanner.sign('{')) {
    return found;
  }
  const begin = scanner.at - 1;
  if (!scanner.sign('}')) {
    do {
      const name = JSON.parse(scanner.name(seen));
      scanner.take(SPACE);
      const from = scanner.at;
      scanner.value('');
      found[name] = text.slice(from, scanner.at);
    } while (scanner.sign(','));
    scanner.close('}', begin);
  }
  scanner.end();
  return found;
}
