'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { status, toOrder } = require('../src/status.js');

describe('with a minimum of 10', () => {
  const table = [
    { pieces: 0, word: 'out', order: 20 },
    { pieces: 1, word: 'low', order: 19 },
    { pieces: 9, word: 'low', order: 11 },
    { pieces: 10, word: 'ok', order: 0 },
    { pieces: 49, word: 'ok', order: 0 },
    { pieces: 50, word: 'plenty', order: 0 },
    { pieces: 51, word: 'plenty', order: 0 },
  ];
  for (const { pieces, word, order } of table) {
    it(`${pieces} pieces are ${word}, order ${order}`, () => {
      assert.equal(status(pieces, 10), word);
      assert.equal(toOrder(pieces, 10), order);
    });
  }
});

describe('the minimum', () => {
  it('counts', () => {
    assert.equal(status(9, 3), 'ok');
    assert.equal(status(15, 3), 'plenty');
    assert.equal(status(2, 3), 'low');
    assert.equal(toOrder(2, 3), 4);
    assert.equal(status(1, 1), 'ok');
  });

  it('must be at least 1', () => {
    for (const minimum of [0, -1]) {
      assert.throws(() => status(3, minimum), RangeError);
      assert.throws(() => toOrder(3, minimum), RangeError);
    }
  });
});
