'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { status, toOrder } = require('../src/status.js');

const MINIMUM = 10;

test('status', () => {
  assert.equal(status(0, MINIMUM), 'out');
  assert.equal(status(1, MINIMUM), 'low');
  assert.equal(status(9, MINIMUM), 'low');
  assert.equal(status(10, MINIMUM), 'ok');
  assert.equal(status(49, MINIMUM), 'ok');
  assert.equal(status(50, MINIMUM), 'plenty');
});

test('toOrder', () => {
  assert.equal(toOrder(0, MINIMUM), 20);
  assert.equal(toOrder(5, MINIMUM), 15);
  assert.equal(toOrder(10, MINIMUM), 0);
});

test('invalid minimum', () => {
  assert.throws(() => status(1, 0), RangeError);
  assert.throws(() => toOrder(1, 0), RangeError);
});
