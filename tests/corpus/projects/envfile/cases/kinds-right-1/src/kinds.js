export const Kind = Object.freeze({
  EMPTY: 'empty',
  FLAG: 'flag',
  NUMBER: 'number',
  DURATION: 'duration',
  LIST: 'list',
  TEXT: 'text',
});

const DURATION = /^(\d+)(ms|s|m|h)$/;
const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600 };

const PATTERNS = [
  [/^$/, Kind.EMPTY],
  [/^(on|off|true|false|yes|no)$/i, Kind.FLAG],
  [/^[-+]?\d+(\.\d+)?$/, Kind.NUMBER],
  [DURATION, Kind.DURATION],
  [/,/, Kind.LIST],
];

/** @param {string} value */
export function kindOf(value) {
  const found = PATTERNS.find(([pattern]) => pattern.test(value));
  return found === undefined ? Kind.TEXT : found[1];
}

/**
 * @param {string} value
 * @throws {TypeError} for what is no duration
 */
export function seconds(value) {
  const match = DURATION.exec(value);
  if (match === null) {
    throw new TypeError(`'${value}' is no duration`);
  }
  return Number(match[1]) * SECONDS[match[2]];
}
