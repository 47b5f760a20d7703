import { isName } from './names.js';

export class ParseError extends Error {
  constructor(message, line) {
    super(`${message} (line ${line})`);
    this.line = line;
  }
}

/**
 * Parse a settings file into an object.
 *
 * @param {string} text
 */
export function parse(text) {
  const settings = {};
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed[0] === '#') {
      continue;
    }
    const [name, ...rest] = trimmed.split('=');
    if (rest.length === 0 || !isName(name.trim())) {
      throw new ParseError('invalid line', index + 1);
    }
    const value = rest.join('=').trim();
    settings[name.trim()] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return settings;
}
