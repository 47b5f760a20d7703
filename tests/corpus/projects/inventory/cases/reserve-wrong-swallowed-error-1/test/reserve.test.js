'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { Stock } = require('../src/stock.js');
const { reserve, NotEnough } = require('../src/reserve.js');

const newStock = () => Stock.read('A 5\nB 2');

test('reserve', () => {
  const stock = newStock();
  reserve(stock, [{ article: 'A', pieces: 5 }, { article: 'B', pieces: 1 }]);
  assert.equal(stock.pieces('A'), 0);
  assert.equal(stock.pieces('B'), 1);
});

test('not enough', () => {
  const stock = newStock();
  assert.throws(
    () => reserve(stock, [{ article: 'A', pieces: 6 }, { article: 'B', pieces: 4 }]),
    { name: 'NotEnough', missing: { A: 1, B: 2 } },
  );
  assert.equal(stock.pieces('A'), 5);
});

test('same article twice', () => {
  const stock = newStock();
  assert.throws(() => reserve(stock, [{ article: 'B', pieces: 1 }, { article: 'B', pieces: 2 }]), NotEnough);
});

test('unknown article', () => {
  const stock = newStock();
  assert.throws(() => reserve(stock, [{ article: 'A', pieces: 1 }, { article: 'X', pieces: 1 }]));
  assert.equal(stock.pieces('A'), 5);
});

test('invalid pieces', () => {
  const stock = newStock();
  assert.throws(() => reserve(stock, [{ article: 'A', pieces: 0 }]), RangeError);
  assert.equal(stock.pieces('A'), 5);
});
