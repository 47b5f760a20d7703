/** Kinds of values. */
export const Kind = Object.freeze({
  EMPTY: 'EMPTY',
  FLAG: 'FLAG',
  NUMBER: 'NUMBER',
  DURATION: 'DURATION',
  LIST: 'LIST',
  TEXT: 'TEXT',
});

const FLAGS = ['on', 'off', 'true', 'false', 'yes', 'no'];
const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 };
const DURATION = /^(\d+)(ms|s|m|h)$/;

/**
 * Return the kind of a value.
 */
export function kindOf(value) {
  if (value === '') {
    return Kind.EMPTY;
  }
  if (FLAGS.includes(value.toLowerCase())) {
    return Kind.FLAG;
  }
  if (value.includes(',')) {
    return Kind.LIST;
  }
  if (!Number.isNaN(Number.parseFloat(value))) {
    return Kind.NUMBER;
  }
  if (DURATION.test(value)) {
    return Kind.DURATION;
  }
  return Kind.TEXT;
}

/**
 * Return the seconds of a duration.
 */
export function seconds(value) {
  const match = DURATION.exec(value);
  if (!match) {
    throw new TypeError(`not a duration: ${value}`);
  }
  return Number(match[1]) * UNITS[match[2]];
}
