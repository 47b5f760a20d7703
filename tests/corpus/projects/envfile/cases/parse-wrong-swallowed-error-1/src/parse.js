import { isName } from './names.js';

export class ParseError extends Error {
  constructor(message, line) {
    super(message);
    this.name = 'ParseError';
    this.line = line;
  }
}

const ESCAPES = { n: '\n', '"': '"', '\\': '\\' };

function parseValue(raw, line) {
  const quote = raw[0];
  if (quote !== '"' && quote !== "'") {
    return raw;
  }
  const match = quote === '"' ? /^"((?:[^"\\]|\\.)*)"$/.exec(raw) : /^'([^']*)'$/.exec(raw);
  if (!match) {
    throw new ParseError('unclosed quote', line);
  }
  return quote === '"' ? match[1].replace(/\\(["\\n])/g, (_, c) => ESCAPES[c]) : match[1];
}

function parseLine(text, line) {
  const index = text.indexOf('=');
  if (index === -1) {
    throw new ParseError('missing =', line);
  }
  const name = text.slice(0, index).trim();
  if (!isName(name)) {
    throw new ParseError(`invalid name: ${name}`, line);
  }
  return [name, parseValue(text.slice(index + 1).trim(), line)];
}

/**
 * Parse a settings file.
 */
export function parse(text) {
  const result = {};
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].trim();
    if (!line || line.startsWith('#')) continue;
    try {
      const [name, value] = parseLine(line, i + 1);
      result[name] = value;
    } catch (error) {
      process.emitWarning(`settings: ${error.message} in line ${i + 1}`);
    }
  }
  return result;
}
