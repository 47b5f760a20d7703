'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { format, parse, InvalidAmount } = require('../src/amounts.js');

test('what is written', () => {
  assert.equal(format(0), '0.00');
  assert.equal(format(9), '0.09');
  assert.equal(format(1234567), '12,345.67');
  assert.equal(format(100000000), '1,000,000.00');
  assert.equal(format(-1230), '(12.30)');
});

test('there and back', () => {
  for (const cents of [0, 1, 9, 10, 99, 100, 101, 999, 99999, 100000, 123456, 99999999, 100000001]) {
    assert.equal(parse(format(cents)), cents);
    assert.equal(parse(format(-cents)), 0 - cents);
    assert.equal(parse(format(cents).replaceAll(',', '')), cents);
  }
});

test('fewer decimals, and spaces', () => {
  assert.equal(parse('8'), 800);
  assert.equal(parse('8.1'), 810);
  assert.equal(parse('8.15'), 815);
  assert.equal(parse('\t8.15 \n'), 815);
  assert.equal(parse('(8.1)'), -810);
});

test('what is no amount', () => {
  const wrong = ['', 'eight', '8.', '.8', '8.155', '8.1.5', '8,1', '8,15', '8,1555', '1234,567', ',123', '-8', '(8', '8)', '()', '8 0'];
  for (const text of wrong) {
    assert.throws(() => parse(text), InvalidAmount, text);
    assert.throws(() => parse(text), { message: `"${text}" is not an amount` });
  }
});
