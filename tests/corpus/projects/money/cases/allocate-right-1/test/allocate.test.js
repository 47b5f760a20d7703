'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { allocate } = require('../src/allocate.js');

describe('allocate', () => {
  for (const [cents, weights, shares] of [
    [100, [1, 1, 1], [34, 33, 33]],
    [101, [1, 1, 1], [34, 34, 33]],
    [102, [1, 1, 1], [34, 34, 34]],
    [100, [3, 1], [75, 25]],
    [5, [3, 7], [2, 3]],
    [5, [0, 3, 7], [0, 2, 3]],
    [8, [1, 0, 1, 1], [3, 0, 3, 2]],
    [1, [1, 1], [1, 0]],
    [0, [1, 1], [0, 0]],
    [-100, [1, 1, 1], [-34, -33, -33]],
    [-1, [1, 1], [-1, 0]],
    [100, [0.5, 0.5], [50, 50]],
  ]) {
    it(`shares ${cents} by ${weights.join(':')}`, () => {
      assert.deepEqual(allocate(cents, weights), shares);
    });
  }

  it('never loses a cent', () => {
    for (let cents = -50; cents <= 50; cents += 1) {
      const shares = allocate(cents, [2, 3, 5, 0, 7]);
      assert.equal(shares.reduce((sum, share) => sum + share), cents);
      assert.equal(Math.abs(shares[3]), 0);
    }
  });

  for (const weights of [[], [0], [0, 0], [-1], [3, -1]]) {
    it(`cannot share by [${weights}]`, () => {
      assert.throws(() => allocate(100, weights), RangeError);
    });
  }
});
