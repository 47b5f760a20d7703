/** @typedef {import('./interval.js').Interval} Interval */

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
 * How `a` lies to `b`.
 *
 * @param {Interval} a
 * @param {Interval} b
 * @returns {string} a member of Relation
 */
export function relation(a, b) {
  if (a.end === b.start || b.end === a.start) {
    return Relation.MEETS;
  }
  if (a.end < b.start) {
    return Relation.BEFORE;
  }
  if (b.end < a.start) {
    return Relation.AFTER;
  }
  if (a.start === b.start && a.end === b.end) {
    return Relation.EQUAL;
  }
  if (b.start <= a.start && a.end <= b.end) {
    return Relation.DURING;
  }
  if (a.start <= b.start && b.end <= a.end) {
    return Relation.CONTAINS;
  }
  return Relation.OVERLAPS;
}
