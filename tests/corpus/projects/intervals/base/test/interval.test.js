import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contains, interval, lengthOf } from '../src/interval.js';

test('the start belongs to it, the end does not', () => {
  const given = interval(2, 5);
  assert.deepEqual([1, 2, 4, 5].map((number) => contains(given, number)), [false, true, true, false]);
  assert.equal(lengthOf(given), 3);
});

test('it must have a length', () => {
  assert.throws(() => interval(3, 3), RangeError);
  assert.throws(() => interval(3, 2), RangeError);
});
