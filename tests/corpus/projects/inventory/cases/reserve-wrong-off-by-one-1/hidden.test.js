'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { Stock, UnknownArticle } = require('../src/stock.js');
const { reserve, NotEnough } = require('../src/reserve.js');

const stockOf = () => Stock.read('A 5\nB 2\nC 1');
const left = (stock) => stock.articles().map((article) => stock.pieces(article));
const line = (article, pieces) => ({ article, pieces });

test('takes', () => {
  const stock = stockOf();
  reserve(stock, [line('A', 2), line('B', 1), line('A', 1)]);
  assert.deepEqual(left(stock), [2, 1, 1]);
});

test('takes all', () => {
  const stock = stockOf();
  reserve(stock, [line('A', 5), line('C', 1)]);
  assert.deepEqual(left(stock), [0, 2, 0]);
});

const missing = [
  [[line('A', 1), line('B', 3)], { B: 1 }],
  [[line('A', 9), line('B', 3), line('C', 1)], { A: 4, B: 1 }],
  [[line('A', 3), line('A', 3)], { A: 1 }],
];
for (const [lines, expected] of missing) {
  test(`lacks ${JSON.stringify(expected)}`, () => {
    const stock = stockOf();
    assert.throws(
      () => reserve(stock, lines),
      (error) => {
        assert.ok(error instanceof NotEnough);
        assert.deepEqual({ ...error.missing }, expected);
        return true;
      },
    );
    assert.deepEqual(left(stock), [5, 2, 1]);
  });
}

test('errors take nothing', () => {
  const stock = stockOf();
  assert.throws(() => reserve(stock, [line('A', 1), line('X', 1)]), UnknownArticle);
  assert.throws(() => reserve(stock, [line('A', 1), line('B', 0)]), RangeError);
  assert.throws(() => reserve(stock, [line('A', 1), line('B', -1)]), RangeError);
  assert.deepEqual(left(stock), [5, 2, 1]);
});
