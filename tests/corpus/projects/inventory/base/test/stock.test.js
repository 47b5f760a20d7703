'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { Stock, UnknownArticle } = require('../src/stock.js');

test('add and remove', () => {
  const stock = new Stock();
  stock.add('A', 3);
  stock.add('A', 2);
  stock.remove('A', 1);
  assert.equal(stock.pieces('A'), 4);
  assert.deepEqual(stock.articles(), ['A']);
});

test('unknown articles', () => {
  assert.throws(() => new Stock().pieces('X'), UnknownArticle);
});

test('reads text', () => {
  const stock = Stock.read('A 3\n\nB 20\nA 1\n');
  assert.deepEqual(stock.articles(), ['A', 'B']);
  assert.equal(stock.pieces('A'), 4);
});
