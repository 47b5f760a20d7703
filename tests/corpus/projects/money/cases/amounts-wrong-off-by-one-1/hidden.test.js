'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { format, parse, InvalidAmount } = require('../src/amounts.js');

const written = [
  [0, '0.00'],
  [5, '0.05'],
  [50, '0.50'],
  [100, '1.00'],
  [99999, '999.99'],
  [100000, '1,000.00'],
  [1234567, '12,345.67'],
  [123456789, '1,234,567.89'],
  [-1230, '(12.30)'],
  [-5, '(0.05)'],
  [-100000000, '(1,000,000.00)'],
];
for (const [cents, text] of written) {
  test(`${cents} and ${text}`, () => {
    assert.equal(format(cents), text);
    assert.equal(parse(text), cents);
  });
}

for (const [text, cents] of [['12', 1200], ['12.3', 1230], [' 1234.5 ', 123450], ['(7)', -700], ['1,000', 100000]]) {
  test(`reads '${text}'`, () => {
    assert.equal(parse(text), cents);
  });
}

for (const text of ['', 'ten', '1.234', '-5', '(5', '5)', '1.', '.5', '1 000', '1,00.5', '12,34', '()', '1e3']) {
  test(`refuses '${text}'`, () => {
    assert.throws(
      () => parse(text),
      (error) => error instanceof InvalidAmount && error.message.includes(text),
    );
  });
}
