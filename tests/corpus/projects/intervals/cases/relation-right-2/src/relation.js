const names = ['BEFORE', 'MEETS', 'OVERLAPS', 'DURING', 'CONTAINS', 'EQUAL', 'AFTER'];

export const Relation = Object.freeze(Object.fromEntries(names.map((name) => [name, name])));

/** By the signs of (start of a - start of b) and (end of a - end of b). */
const SHARING = {
  '-1,-1': Relation.OVERLAPS,
  '-1,0': Relation.CONTAINS,
  '-1,1': Relation.CONTAINS,
  '0,-1': Relation.DURING,
  '0,0': Relation.EQUAL,
  '0,1': Relation.CONTAINS,
  '1,-1': Relation.DURING,
  '1,0': Relation.DURING,
  '1,1': Relation.OVERLAPS,
};

export function relation(a, b) {
  const gap = Math.max(a.start, b.start) - Math.min(a.end, b.end);
  if (gap === 0) {
    return Relation.MEETS;
  }
  if (gap > 0) {
    return a.start < b.start ? Relation.BEFORE : Relation.AFTER;
  }
  return SHARING[[Math.sign(a.start - b.start), Math.sign(a.end - b.end)]];
}
