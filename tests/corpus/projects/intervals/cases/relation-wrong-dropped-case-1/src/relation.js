/** How two intervals lie to each other. */
export const Relation = Object.freeze({
  BEFORE: 'before',
  MEETS: 'meets',
  OVERLAPS: 'overlaps',
  DURING: 'during',
  CONTAINS: 'contains',
  EQUAL: 'equal',
  AFTER: 'after',
});

/**
 * Return the relation of interval a to interval b.
 */
export function relation(a, b) {
  if (a.end < b.start) {
    return Relation.BEFORE;
  }
  if (a.end === b.start) {
    return Relation.MEETS;
  }
  if (a.start > b.end) {
    return Relation.AFTER;
  }
  if (a.start === b.start && a.end === b.end) {
    return Relation.EQUAL;
  }
  if (a.start >= b.start && a.end <= b.end) {
    return Relation.DURING;
  }
  if (a.start <= b.start && a.end >= b.end) {
    return Relation.CONTAINS;
  }
  return Relation.OVERLAPS;
}
