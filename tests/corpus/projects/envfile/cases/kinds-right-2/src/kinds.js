const FLAGS = new Set(['on', 'off', 'true', 'false', 'yes', 'no']);
const UNITS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

export const Kind = Object.freeze({
  EMPTY: Symbol('empty'),
  FLAG: Symbol('flag'),
  NUMBER: Symbol('number'),
  DURATION: Symbol('duration'),
  LIST: Symbol('list'),
  TEXT: Symbol('text'),
});

function splitDuration(value) {
  const [, digits, unit] = /^([0-9]+)([a-z]+)$/.exec(value) ?? [];
  return UNITS.has(unit) ? { amount: Number(digits), unit } : null;
}

export function kindOf(value) {
  if (value === '') return Kind.EMPTY;
  if (FLAGS.has(value.toLowerCase())) return Kind.FLAG;
  if (/^[+-]?[0-9]+(?:\.[0-9]+)?$/.test(value)) return Kind.NUMBER;
  if (splitDuration(value)) return Kind.DURATION;
  return value.includes(',') ? Kind.LIST : Kind.TEXT;
}

export function seconds(value) {
  const duration = splitDuration(value);
  if (duration === null) {
    throw new TypeError(`no duration: ${value}`);
  }
  return (duration.amount * UNITS.get(duration.unit)) / 1000;
}
