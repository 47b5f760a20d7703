/**
 * Merge overlapping intervals.
 */
export function merge(intervals) {
  const sorted = intervals.map((interval) => ({ ...interval })).sort((a, b) => a.start - b.start);
  const result = [];
  for (const current of sorted) {
    const last = result[result.length - 1];
    if (last && current.start < last.end) {
      last.end = Math.max(last.end, current.end);
    } else {
      result.push(current);
    }
  }
  return result;
}

/**
 * Return the free parts within an interval.
 */
export function free(intervals, within) {
  const result = [];
  let cursor = within.start;
  for (const { start, end } of merge(intervals)) {
    if (end <= within.start || start >= within.end) {
      continue;
    }
    if (start > cursor) {
      result.push({ start: cursor, end: start });
    }
    cursor = Math.max(cursor, end);
  }
  if (cursor < within.end) {
    result.push({ start: cursor, end: within.end });
  }
  return result;
}
