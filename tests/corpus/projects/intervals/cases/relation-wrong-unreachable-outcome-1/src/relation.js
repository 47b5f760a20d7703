/** How two intervals lie to each other. */
export const Relation = Object.freeze({
  BEFORE: 'BEFORE',
  MEETS: 'MEETS',
  OVERLAPS: 'OVERLAPS',
  DURING: 'DURING',
  CONTAINS: 'CONTAINS',
  EQUAL: 'EQUAL',
  AFTER: 'AFTER',
});

/**
 * Return the relation of interval a to interval b.
 */
export function relation(a, b) {
  if (a.end < b.start) return Relation.BEFORE;
  if (a.start > b.end) return Relation.AFTER;
  if (a.end === b.start || a.start === b.end) return Relation.MEETS;
  if (a.start >= b.start && a.end <= b.end) return Relation.DURING;
  if (a.start <= b.start && a.end >= b.end) return Relation.CONTAINS;
  if (a.start === b.start && a.end === b.end) return Relation.EQUAL;
  return Relation.OVERLAPS;
}
