'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { status, toOrder } = require('../src/status.js');

const counts = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const wordsOf = (from, to) => [...new Set(counts(from, to).map((pieces) => status(pieces, 4)))];

test('words', () => {
  assert.deepEqual(wordsOf(0, 0), ['out']);
  assert.deepEqual(wordsOf(1, 3), ['low']);
  assert.deepEqual(wordsOf(4, 19), ['ok']);
  assert.deepEqual(wordsOf(20, 99), ['plenty']);
});

test('orders', () => {
  assert.deepEqual(counts(0, 5).map((pieces) => toOrder(pieces, 4)), [8, 7, 6, 5, 0, 0]);
  assert.equal(toOrder(25, 4), 0);
});

test('a minimum of 1 is the least', () => {
  assert.equal(status(1, 1), 'ok');
  assert.equal(toOrder(0, 1), 2);
  assert.throws(() => status(1, 0), RangeError);
  assert.throws(() => toOrder(1, 0), RangeError);
});
