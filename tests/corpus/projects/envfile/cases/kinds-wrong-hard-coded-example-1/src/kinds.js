/** Kinds of values. */
export const Kind = Object.freeze({
  EMPTY: 'empty',
  FLAG: 'flag',
  NUMBER: 'number',
  DURATION: 'duration',
  LIST: 'list',
  TEXT: 'text',
});

/**
 * Return the kind of a value.
 */
export function kindOf(value) {
  if (value === '') return Kind.EMPTY;
  if (/^(on|off|true|false|yes|no)$/i.test(value)) return Kind.FLAG;
  if (/^[+-]?\d+(\.\d+)?$/.test(value)) return Kind.NUMBER;
  if (/^\d+(ms|s|m|h)$/.test(value)) return Kind.DURATION;
  if (value.includes(',')) return Kind.LIST;
  return Kind.TEXT;
}

/**
 * Return the number of seconds of a duration.
 */
export function seconds(value) {
  if (kindOf(value) !== Kind.DURATION) {
    throw new TypeError(`${value} is not a duration`);
  }
  return Number.parseInt(value, 10) * 3600;
}
