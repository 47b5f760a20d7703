import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Relation, relation } from '../src/relation.js';

const cases = [
  [[0, 1], [2, 3], Relation.BEFORE],
  [[0, 2], [2, 3], Relation.MEETS],
  [[0, 4], [2, 6], Relation.OVERLAPS],
  [[3, 4], [2, 6], Relation.DURING],
  [[1, 8], [2, 6], Relation.CONTAINS],
  [[2, 6], [2, 6], Relation.EQUAL],
  [[8, 9], [2, 6], Relation.AFTER],
];

for (const [[aStart, aEnd], [bStart, bEnd], expected] of cases) {
  test(`relation is ${expected}`, () => {
    assert.equal(relation({ start: aStart, end: aEnd }, { start: bStart, end: bEnd }), expected);
  });
}
