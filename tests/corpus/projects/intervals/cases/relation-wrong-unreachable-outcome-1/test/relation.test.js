import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Relation, relation } from '../src/relation.js';

const b = { start: 10, end: 20 };

describe('relation', () => {
  it('detects before and after', () => {
    assert.equal(relation({ start: 1, end: 5 }, b), Relation.BEFORE);
    assert.equal(relation({ start: 25, end: 30 }, b), Relation.AFTER);
  });

  it('detects meeting intervals', () => {
    assert.equal(relation({ start: 5, end: 10 }, b), Relation.MEETS);
    assert.equal(relation({ start: 20, end: 30 }, b), Relation.MEETS);
  });

  it('detects nesting', () => {
    assert.equal(relation({ start: 12, end: 15 }, b), Relation.DURING);
    assert.equal(relation({ start: 5, end: 25 }, b), Relation.CONTAINS);
  });

  it('detects overlap', () => {
    assert.equal(relation({ start: 5, end: 15 }, b), Relation.OVERLAPS);
    assert.equal(relation({ start: 15, end: 25 }, b), Relation.OVERLAPS);
  });

  it('always returns a known relation', () => {
    for (const [start, end] of [[10, 20], [1, 2], [10, 11], [19, 20]]) {
      assert.ok(Object.values(Relation).includes(relation({ start, end }, b)));
    }
  });
});
