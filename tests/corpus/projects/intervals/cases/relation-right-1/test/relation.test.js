import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { interval } from '../src/interval.js';
import { Relation, relation } from '../src/relation.js';

const b = interval(10, 20);
const table = [
  [5, 9, Relation.BEFORE],
  [5, 10, Relation.MEETS],
  [5, 11, Relation.OVERLAPS],
  [5, 20, Relation.CONTAINS],
  [5, 21, Relation.CONTAINS],
  [10, 19, Relation.DURING],
  [10, 20, Relation.EQUAL],
  [10, 21, Relation.CONTAINS],
  [11, 19, Relation.DURING],
  [11, 20, Relation.DURING],
  [11, 21, Relation.OVERLAPS],
  [19, 21, Relation.OVERLAPS],
  [20, 21, Relation.MEETS],
  [21, 22, Relation.AFTER],
];

describe('relation to 10-20', () => {
  for (const [start, end, expected] of table) {
    it(`of ${start}-${end} is ${expected}`, () => {
      assert.equal(relation(interval(start, end), b), expected);
    });
  }

  it('can be each of them', () => {
    assert.deepEqual(new Set(table.map((row) => row[2])), new Set(Object.values(Relation)));
  });
});

it('cannot be changed by accident', () => {
  assert.throws(() => {
    Relation.NEW = 'new';
  }, TypeError);
});
