const byStart = (a, b) => a.start - b.start;

export function merge(intervals) {
  return intervals.toSorted(byStart).reduce((merged, next) => {
    const last = merged.at(-1);
    return last && next.start <= last.end
      ? [...merged.slice(0, -1), { start: last.start, end: Math.max(last.end, next.end) }]
      : [...merged, { ...next }];
  }, []);
}

export function free(intervals, within) {
  const busy = merge(intervals).filter(({ start, end }) => start < within.end && end > within.start);
  const starts = [within.start, ...busy.map(({ end }) => end)];
  const ends = [...busy.map(({ start }) => start), within.end];
  return starts
    .map((start, index) => ({ start, end: ends[index] }))
    .filter(({ start, end }) => start < end);
}
