/** @typedef {import('./interval.js').Interval} Interval */

/**
 * The same numbers in as few intervals as possible, sorted.
 *
 * @param {Interval[]} intervals
 * @returns {Interval[]}
 */
export function merge(intervals) {
  const merged = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) {
      last.end = Math.max(last.end, end);
    } else {
      merged.push({ start, end });
    }
  }
  return merged;
}

/**
 * What no interval covers.
 *
 * @param {Interval[]} intervals
 * @param {Interval} within
 * @returns {Interval[]}
 */
export function free(intervals, within) {
  const gaps = [];
  let start = within.start;
  for (const busy of merge(intervals)) {
    const end = Math.min(busy.start, within.end);
    if (start < end) {
      gaps.push({ start, end });
    }
    start = Math.max(start, busy.end);
  }
  if (start < within.end) {
    gaps.push({ start, end: within.end });
  }
  return gaps;
}
