'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { format, parse, InvalidAmount } = require('../src/amounts.js');

describe('amounts that are written and read', () => {
  for (const [cents, text] of [
    [0, '0.00'],
    [7, '0.07'],
    [70, '0.70'],
    [123, '1.23'],
    [12345, '123.45'],
    [123456, '1,234.56'],
    [12345678, '123,456.78'],
    [123456789, '1,234,567.89'],
    [-7, '(0.07)'],
    [-123456, '(1,234.56)'],
  ]) {
    it(text, () => {
      assert.equal(format(cents), text);
      assert.equal(parse(text), cents);
    });
  }
});

describe('parse', () => {
  for (const [text, cents] of [
    ['12', 1200],
    ['12.3', 1230],
    ['12.34', 1234],
    ['1234567.8', 123456780],
    ['1,234', 123400],
    ['  5 ', 500],
    ['(5)', -500],
    ['(0)', 0],
    ['007', 700],
  ]) {
    it(`reads '${text}'`, () => {
      assert.equal(parse(text), cents);
    });
  }

  for (const text of ['', ' ', 'x', '5x', 'x5', '-5', '1.234', '1.', '.5', '1,23', '1,2345', '1234,567', '(5', '5)', '1.2,345']) {
    it(`refuses '${text}'`, () => {
      assert.throws(() => parse(text), InvalidAmount);
    });
  }

  it('quotes what it refuses', () => {
    assert.throws(() => parse(' five '), { name: 'InvalidAmount', message: "not an amount: ' five '" });
  });
});
