'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { status, toOrder } = require('../src/status.js');

for (const [pieces, minimum, word, order] of [
  [0, 10, 'out', 20],
  [1, 10, 'low', 19],
  [9, 10, 'low', 11],
  [10, 10, 'ok', 0],
  [49, 10, 'ok', 0],
  [50, 10, 'plenty', 0],
  [500, 10, 'plenty', 0],
  [3, 4, 'low', 5],
  [20, 4, 'plenty', 0],
  [19, 4, 'ok', 0],
  [0, 1, 'out', 2],
  [1, 1, 'ok', 0],
]) {
  test(`${pieces} of ${minimum}`, () => {
    assert.equal(status(pieces, minimum), word);
    assert.equal(toOrder(pieces, minimum), order);
  });
}

test('minimum', () => {
  assert.throws(() => status(5, 0), RangeError);
  assert.throws(() => toOrder(5, 0), RangeError);
});
