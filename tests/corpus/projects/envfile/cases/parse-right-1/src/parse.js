import { isName } from './names.js';

export class ParseError extends Error {
  /**
   * @param {number} line
   * @param {string} why
   */
  constructor(line, why) {
    super(`line ${line}: ${why}`);
    this.name = 'ParseError';
    this.line = line;
  }
}

const DOUBLE = /^"((?:[^"\\]|\\.)*)"$/;
const SINGLE = /^'([^']*)'$/;
const ESCAPES = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** The value as it is meant; null where a quote is not closed. */
function unquoted(written) {
  const single = SINGLE.exec(written);
  if (single) {
    return single[1];
  }
  const double = DOUBLE.exec(written);
  if (double) {
    return double[1].replace(/\\./g, (escape) => ESCAPES[escape] ?? escape);
  }
  return /^["']/.test(written) ? null : written;
}

/**
 * @param {string} text
 * @returns {Record<string, string>}
 * @throws {ParseError}
 */
export function parse(text) {
  const settings = {};
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) {
      return;
    }
    const at = line.indexOf('=');
    if (at < 0) {
      throw new ParseError(index + 1, 'there is no =');
    }
    const name = line.slice(0, at).trim();
    if (!isName(name)) {
      throw new ParseError(index + 1, `'${name}' is no name`);
    }
    const value = unquoted(line.slice(at + 1).trim());
    if (value === null) {
      throw new ParseError(index + 1, 'a quote is not closed');
    }
    settings[name] = value;
  });
  return settings;
}
