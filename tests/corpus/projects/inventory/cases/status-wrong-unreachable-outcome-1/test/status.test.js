'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { status, toOrder, STATUSES } = require('../src/status.js');

describe('status', () => {
  it('is low below the minimum', () => {
    assert.equal(status(9, 10), 'low');
  });

  it('is ok from the minimum on', () => {
    assert.equal(status(10, 10), 'ok');
    assert.equal(status(49, 10), 'ok');
  });

  it('is plenty from five times the minimum on', () => {
    assert.equal(status(50, 10), 'plenty');
  });

  it('is a known status', () => {
    for (const pieces of [0, 1, 10, 100]) {
      assert.ok(STATUSES.includes(status(pieces, 10)));
    }
  });

  it('rejects a minimum below 1', () => {
    assert.throws(() => status(1, 0), RangeError);
  });
});

describe('toOrder', () => {
  it('fills up to twice the minimum', () => {
    assert.equal(toOrder(0, 10), 20);
    assert.equal(toOrder(9, 10), 11);
    assert.equal(toOrder(10, 10), 0);
  });
});
