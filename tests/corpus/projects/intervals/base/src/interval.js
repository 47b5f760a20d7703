/**
 * Half-open intervals of numbers: the start belongs to them, the end does not.
 *
 * @typedef {{start: number, end: number}} Interval
 */

/**
 * @param {number} start
 * @param {number} end
 * @returns {Interval}
 */
export function interval(start, end) {
  if (!(start < end)) {
    throw new RangeError(`an interval must end after it starts: ${start} to ${end}`);
  }
  return { start, end };
}

/** @param {Interval} given */
export function lengthOf(given) {
  return given.end - given.start;
}

/** @param {Interval} given */
export function contains(given, number) {
  return given.start <= number && number < given.end;
}
