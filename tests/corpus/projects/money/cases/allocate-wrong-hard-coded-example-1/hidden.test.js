'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { allocate } = require('../src/allocate.js');

const plain = (shares) => [...shares].map((share) => share + 0);
const rows = [
  [100, [1, 1, 1], [34, 33, 33]],
  [101, [1, 1, 1], [34, 34, 33]],
  [99, [1, 1, 1], [33, 33, 33]],
  [100, [1, 3], [25, 75]],
  [10, [0, 1, 1, 1], [0, 4, 3, 3]],
  [11, [0, 1, 0, 1, 1], [0, 4, 0, 4, 3]],
  [5, [3, 7], [2, 3]],
  [0, [1, 2], [0, 0]],
  [7, [2], [7]],
  [-100, [1, 1, 1], [-34, -33, -33]],
  [1000, [50, 30, 20], [500, 300, 200]],
];
for (const [cents, weights, expected] of rows) {
  test(`allocate ${cents} by ${weights}`, () => {
    assert.deepEqual(plain(allocate(cents, weights)), expected);
  });
}

for (const weights of [[], [0, 0], [1, -1], [2, -1, 4]]) {
  test(`refuses ${JSON.stringify(weights)}`, () => {
    assert.throws(() => allocate(100, weights), RangeError);
  });
}
