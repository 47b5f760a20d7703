'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { Stock, UnknownArticle } = require('../src/stock.js');
const { reserve, NotEnough } = require('../src/reserve.js');

const TEXT = 'desk 3\nlamp 8\nsofa 1';

/** Reserves on a fresh stock: what is left then, and the error if there was one. */
function play(...order) {
  const stock = Stock.read(TEXT);
  let error = null;
  try {
    reserve(stock, order.map(([article, pieces]) => ({ article, pieces })));
  } catch (caught) {
    error = caught;
  }
  return { left: stock.articles().map((article) => stock.pieces(article)).join(' '), error };
}

test('pieces are taken', () => {
  assert.deepEqual(play(['desk', 1], ['lamp', 3]), { left: '2 5 1', error: null });
  assert.deepEqual(play(['lamp', 1], ['lamp', 2]), { left: '3 5 1', error: null });
});

test('the last pieces too', () => {
  assert.deepEqual(play(['desk', 3], ['sofa', 1]), { left: '0 8 0', error: null });
});

test('all that is missing is told, and nothing is taken', () => {
  const { left, error } = play(['desk', 4], ['lamp', 1], ['sofa', 3]);
  assert.ok(error instanceof NotEnough);
  assert.equal(error.name, 'NotEnough');
  assert.deepEqual(error.missing, { desk: 1, sofa: 2 });
  assert.equal(left, '3 8 1');
});

test('several lines of one article count together', () => {
  const { left, error } = play(['desk', 2], ['desk', 2]);
  assert.deepEqual(error.missing, { desk: 1 });
  assert.equal(left, '3 8 1');
});

test('unknown articles', () => {
  const { left, error } = play(['desk', 1], ['bed', 1]);
  assert.ok(error instanceof UnknownArticle);
  assert.match(error.message, /bed/);
  assert.equal(left, '3 8 1');
});

test('lines without pieces', () => {
  for (const pieces of [0, -2]) {
    const { left, error } = play(['lamp', 1], ['desk', pieces]);
    assert.ok(error instanceof RangeError);
    assert.equal(left, '3 8 1');
  }
});
