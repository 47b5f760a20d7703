import { isName } from './names.js';

export class ParseError extends Error {
  constructor(line, cause) {
    super(`line ${line} cannot be read`, { cause });
    this.line = line;
  }
}

const ESCAPES = new Map([
  ['n', '\n'],
  ['"', '"'],
  ['\\', '\\'],
]);

function doubleQuoted(written) {
  let value = '';
  for (let at = 1; at < written.length; at += 1) {
    if (written[at] === '"') {
      if (at < written.length - 1) break;
      return value;
    }
    if (written[at] === '\\') {
      at += 1;
      value += ESCAPES.get(written[at]) ?? `\\${written[at]}`;
    } else {
      value += written[at];
    }
  }
  throw new SyntaxError('a quote is not closed');
}

function valueOf(written) {
  if (written.startsWith('"')) {
    return doubleQuoted(written);
  }
  if (written.startsWith("'")) {
    if (written.length < 2 || written.indexOf("'", 1) !== written.length - 1) {
      throw new SyntaxError('a quote is not closed');
    }
    return written.slice(1, -1);
  }
  return written;
}

function entryOf(line) {
  const [, name, written] = /^([^=]*)=(.*)$/.exec(line) ?? [];
  if (name === undefined || !isName(name.trim())) {
    throw new SyntaxError('no name and value');
  }
  return [name.trim(), valueOf(written.trim())];
}

export function parse(text) {
  const entries = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line && !line.startsWith('#')) {
      try {
        entries.push(entryOf(line));
      } catch (error) {
        throw new ParseError(index + 1, error);
      }
    }
  }
  return Object.fromEntries(entries);
}
