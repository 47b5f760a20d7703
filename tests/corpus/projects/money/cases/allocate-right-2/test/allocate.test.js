'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');

const { allocate } = require('../src/allocate.js');

test('in proportion', () => {
  assert.deepEqual(allocate(1000, [50, 30, 20]), [500, 300, 200]);
  assert.deepEqual(allocate(100, [1, 3]), [25, 75]);
  assert.deepEqual(allocate(7, [1]), [7]);
  assert.deepEqual(allocate(0, [1, 2]), [0, 0]);
});

test('what remains goes to the first ones', () => {
  assert.deepEqual(allocate(100, [1, 1, 1]), [34, 33, 33]);
  assert.deepEqual(allocate(101, [1, 1, 1]), [34, 34, 33]);
  assert.deepEqual(allocate(3, [1, 9]), [1, 2]);
});

test('but not to those without a weight', () => {
  assert.deepEqual(allocate(10, [0, 1, 1, 1]), [0, 4, 3, 3]);
  assert.deepEqual(allocate(5, [1, 0, 1]), [3, 0, 2]);
});

test('negative amounts', () => {
  assert.deepEqual(allocate(-100, [1, 1, 1]), [-34, -33, -33]);
  assert.deepEqual(allocate(-5, [0, 2, 2]), [0, -3, -2]);
});

test('weights that cannot be shared by', () => {
  assert.throws(() => allocate(1, []), { name: 'RangeError', message: /no weights/ });
  assert.throws(() => allocate(1, [0, 0]), { name: 'RangeError', message: /all weights are 0/ });
  assert.throws(() => allocate(1, [5, -1]), { name: 'RangeError', message: /negative/ });
  assert.throws(() => allocate(-1, [1, -1]), { name: 'RangeError', message: /negative/ });
});
