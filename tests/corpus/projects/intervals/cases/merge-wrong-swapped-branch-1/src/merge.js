/**
 * Merge overlapping intervals.
 */
export function merge(intervals) {
  const sorted = [...intervals].sort((a, b) => a.start - b.start);
  const result = [];
  for (const { start, end } of sorted) {
    const last = result.at(-1);
    if (last && start <= last.end) {
      last.end = end > last.start ? end : last.end;
    } else {
      result.push({ start, end });
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
    if (start > cursor && start < within.end) {
      result.push({ start: cursor, end: start });
    }
    cursor = end > cursor ? end : cursor;
  }
  if (cursor < within.end) {
    result.push({ start: cursor, end: within.end });
  }
  return result;
}
