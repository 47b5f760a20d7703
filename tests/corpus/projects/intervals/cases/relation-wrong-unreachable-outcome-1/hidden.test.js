import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Relation, relation } from '../src/relation.js';

const b = { start: 10, end: 20 };
const rows = [
  [1, 9, 'BEFORE'],
  [1, 10, 'MEETS'],
  [20, 25, 'MEETS'],
  [21, 25, 'AFTER'],
  [10, 20, 'EQUAL'],
  [12, 18, 'DURING'],
  [10, 18, 'DURING'],
  [12, 20, 'DURING'],
  [5, 25, 'CONTAINS'],
  [10, 25, 'CONTAINS'],
  [5, 20, 'CONTAINS'],
  [5, 15, 'OVERLAPS'],
  [15, 25, 'OVERLAPS'],
];
for (const [start, end, expected] of rows) {
  test(`${start} to ${end}`, () => {
    assert.equal(relation({ start, end }, b), Relation[expected]);
  });
}

test('frozen, with all of them', () => {
  assert.ok(Object.isFrozen(Relation));
  assert.equal(new Set(Object.values(Relation)).size, 7);
});
