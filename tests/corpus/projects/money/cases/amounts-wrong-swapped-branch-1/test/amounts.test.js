'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { format, parse, InvalidAmount } = require('../src/amounts.js');

test('format', () => {
  assert.equal(format(0), '0.00');
  assert.equal(format(1234567), '12,345.67');
  assert.equal(format(-1230), '(12.30)');
});

test('parse reads the digits', () => {
  assert.equal(Math.abs(parse('12,345.67')), 1234567);
  assert.equal(Math.abs(parse('12.3')), 1230);
  assert.equal(Math.abs(parse('(12.30)')), 1230);
});

test('parse ignores spaces', () => {
  assert.equal(parse(' 12 '), parse('12'));
});

test('parse distinguishes parentheses', () => {
  assert.notEqual(parse('(12)'), parse('12'));
});

test('parse rejects other text', () => {
  for (const text of ['', 'abc', '1.234', '(5', '1,00']) {
    assert.throws(() => parse(text), InvalidAmount);
  }
});
