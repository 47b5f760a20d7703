'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { Stock, UnknownArticle } = require('../src/stock.js');
const { reserve, NotEnough } = require('../src/reserve.js');

function createStock() {
  const stock = new Stock();
  stock.add('A', 10);
  stock.add('B', 5);
  return stock;
}

describe('reserve', () => {
  it('reserves all lines', () => {
    const stock = createStock();
    reserve(stock, [{ article: 'A', pieces: 4 }, { article: 'B', pieces: 2 }]);
    assert.equal(stock.pieces('A'), 6);
    assert.equal(stock.pieces('B'), 3);
  });

  it('sums up several lines of an article', () => {
    const stock = createStock();
    assert.throws(
      () => reserve(stock, [{ article: 'A', pieces: 6 }, { article: 'A', pieces: 6 }]),
      (error) => error instanceof NotEnough && error.missing.A === 2,
    );
    assert.equal(stock.pieces('A'), 10);
  });

  it('reserves nothing if something is missing', () => {
    const stock = createStock();
    assert.throws(
      () => reserve(stock, [{ article: 'A', pieces: 1 }, { article: 'B', pieces: 8 }]),
      NotEnough,
    );
    assert.equal(stock.pieces('A'), 10);
    assert.equal(stock.pieces('B'), 5);
  });

  it('rejects unknown articles', () => {
    assert.throws(() => reserve(createStock(), [{ article: 'X', pieces: 1 }]), UnknownArticle);
  });

  it('rejects zero pieces', () => {
    assert.throws(() => reserve(createStock(), [{ article: 'A', pieces: 0 }]), RangeError);
  });
});
