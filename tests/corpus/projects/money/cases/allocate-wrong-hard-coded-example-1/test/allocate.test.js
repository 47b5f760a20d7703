'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { allocate } = require('../src/allocate.js');

describe('allocate', () => {
  it('allocates the example', () => {
    assert.deepEqual(allocate(100, [1, 1, 1]), [34, 33, 33]);
  });

  it('allocates by weight', () => {
    assert.deepEqual(allocate(100, [1, 3]), [25, 75]);
  });

  it('keeps the sum', () => {
    for (const cents of [1, 7, 99, 101, 1234]) {
      const shares = allocate(cents, [1, 2, 3, 5]);
      assert.equal(shares.reduce((a, b) => a + b, 0), cents);
    }
  });

  it('skips weights of zero', () => {
    assert.deepEqual(allocate(7, [0, 1, 1]), [0, 4, 3]);
  });

  it('allocates negative amounts', () => {
    assert.deepEqual(allocate(-100, [1, 1, 1]), [-34, -33, -33]);
  });

  it('rejects invalid weights', () => {
    for (const weights of [[], [0, 0], [2, -1]]) {
      assert.throws(() => allocate(100, weights), RangeError);
    }
  });
});
