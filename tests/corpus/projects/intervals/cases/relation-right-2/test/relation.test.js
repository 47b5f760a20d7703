import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Relation, relation } from '../src/relation.js';

const at = (start, end) => ({ start, end });
const pairs = [
  [at(0, 2), at(3, 5), 'BEFORE', 'AFTER'],
  [at(0, 3), at(3, 5), 'MEETS', 'MEETS'],
  [at(0, 4), at(3, 5), 'OVERLAPS', 'OVERLAPS'],
  [at(3, 4), at(3, 5), 'DURING', 'CONTAINS'],
  [at(4, 5), at(3, 5), 'DURING', 'CONTAINS'],
  [at(4, 5), at(3, 6), 'DURING', 'CONTAINS'],
  [at(3, 5), at(3, 5), 'EQUAL', 'EQUAL'],
];

for (const [a, b, there, back] of pairs) {
  test(`${a.start}-${a.end} and ${b.start}-${b.end}: ${there}, ${back}`, () => {
    assert.equal(relation(a, b), Relation[there]);
    assert.equal(relation(b, a), Relation[back]);
  });
}

test('seven frozen relations', () => {
  assert.ok(Object.isFrozen(Relation));
  assert.deepEqual(Object.keys(Relation), [
    'BEFORE',
    'MEETS',
    'OVERLAPS',
    'DURING',
    'CONTAINS',
    'EQUAL',
    'AFTER',
  ]);
});
