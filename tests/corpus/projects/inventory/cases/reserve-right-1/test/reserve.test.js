'use strict';

const { beforeEach, describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { Stock, UnknownArticle } = require('../src/stock.js');
const { NotEnough, reserve } = require('../src/reserve.js');

describe('reserve', () => {
  let stock;

  beforeEach(() => {
    stock = Stock.read('bolt 10\nnut 4');
  });

  const left = () => ({ bolt: stock.pieces('bolt'), nut: stock.pieces('nut') });

  it('takes what is needed', () => {
    reserve(stock, [
      { article: 'bolt', pieces: 3 },
      { article: 'nut', pieces: 1 },
      { article: 'bolt', pieces: 2 },
    ]);
    assert.deepEqual(left(), { bolt: 5, nut: 3 });
  });

  it('takes all there is', () => {
    reserve(stock, [{ article: 'nut', pieces: 4 }]);
    assert.deepEqual(left(), { bolt: 10, nut: 0 });
  });

  it('takes nothing for no lines', () => {
    reserve(stock, []);
    assert.deepEqual(left(), { bolt: 10, nut: 4 });
  });

  for (const [lines, missing, message] of [
    [[['nut', 5]], { nut: 1 }, 'not enough pieces: 1 of nut missing'],
    [[['bolt', 1], ['nut', 9]], { nut: 5 }, 'not enough pieces: 5 of nut missing'],
    [[['nut', 2], ['nut', 3]], { nut: 1 }, 'not enough pieces: 1 of nut missing'],
    [
      [['bolt', 12], ['nut', 5]],
      { bolt: 2, nut: 1 },
      'not enough pieces: 2 of bolt, 1 of nut missing',
    ],
  ]) {
    it(`says ${message}`, () => {
      const order = lines.map(([article, pieces]) => ({ article, pieces }));
      assert.throws(() => reserve(stock, order), { name: 'NotEnough', missing, message });
      assert.deepEqual(left(), { bolt: 10, nut: 4 });
    });
  }

  it('does not know every article', () => {
    const order = [{ article: 'bolt', pieces: 1 }, { article: 'cog', pieces: 1 }];
    assert.throws(() => reserve(stock, order), UnknownArticle);
    assert.deepEqual(left(), { bolt: 10, nut: 4 });
  });

  for (const pieces of [0, -1, NaN]) {
    it(`refuses ${pieces} pieces`, () => {
      const order = [{ article: 'bolt', pieces: 1 }, { article: 'nut', pieces }];
      assert.throws(() => reserve(stock, order), RangeError);
      assert.deepEqual(left(), { bolt: 10, nut: 4 });
    });
  }

  it('has an error of its own', () => {
    assert.ok(new NotEnough({}) instanceof Error);
  });
});
