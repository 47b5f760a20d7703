'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { format, parse, InvalidAmount } = require('../src/amounts.js');

describe('format', () => {
  it('writes two decimals and commas', () => {
    assert.equal(format(1234567), '12,345.67');
    assert.equal(format(5), '0.05');
  });

  it('writes negative amounts in parentheses', () => {
    assert.equal(format(-1230), '(12.30)');
  });
});

describe('parse', () => {
  it('reads what format writes', () => {
    for (const cents of [0, 5, 1234567, -1230]) {
      assert.equal(parse(format(cents)), cents);
    }
  });

  it('reads amounts without decimals', () => {
    assert.equal(parse('12'), 1200);
    assert.equal(parse(' 12.3 '), 1230);
  });

  it('handles invalid text', () => {
    assert.equal(typeof parse('abc'), 'number');
    assert.ok(new InvalidAmount('abc') instanceof Error);
  });
});
