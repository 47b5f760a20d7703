'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { Stock } = require('../src/stock.js');
const { readStock } = require('../src/reading.js');

test('readStock reads lines', () => {
  const stock = readStock('A 3\nB 4 # comment\n\n# nothing\nA 1');
  assert.ok(stock instanceof Stock);
  assert.equal(stock.pieces('A'), 4);
  assert.equal(stock.pieces('B'), 4);
});

test('Stock.read uses readStock', () => {
  assert.deepEqual(Stock.read('A 3\nB 4').articles(), readStock('A 3\nB 4').articles());
});

test('empty text', () => {
  assert.deepEqual(readStock('').articles(), []);
});
