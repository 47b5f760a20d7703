'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { allocate } = require('../src/allocate.js');

test('example', () => {
  assert.deepEqual(allocate(100, [1, 1, 1]), [34, 33, 33]);
});

test('two cents remain', () => {
  assert.deepEqual(allocate(101, [1, 1, 1]), [34, 34, 33]);
});

test('proportional', () => {
  assert.deepEqual(allocate(1000, [50, 30, 20]), [500, 300, 200]);
});

test('negative', () => {
  assert.deepEqual(allocate(-101, [1, 1, 1]), [-34, -34, -33]);
});

test('zero weight gets nothing', () => {
  assert.deepEqual(allocate(100, [1, 0, 1]), [50, 0, 50]);
});

test('invalid weights', () => {
  assert.throws(() => allocate(100, []), RangeError);
  assert.throws(() => allocate(100, [0, 0]), RangeError);
});
