'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { percentOf } = require('../src/round.js');

test('halves are rounded away from zero', () => {
  assert.equal(percentOf(1000, 19), 190);
  assert.equal(percentOf(50, 1), 1);
  assert.equal(percentOf(-50, 1), -1);
  assert.equal(percentOf(49, 1), 0);
});
