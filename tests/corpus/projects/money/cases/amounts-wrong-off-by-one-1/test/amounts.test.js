'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { format, parse, InvalidAmount } = require('../src/amounts.js');

describe('format', () => {
  it('formats small amounts', () => {
    assert.equal(format(0), '0.00');
    assert.equal(format(99), '0.99');
    assert.equal(format(12345), '123.45');
  });

  it('adds commas', () => {
    assert.equal(format(1234567), '12,345.67');
  });

  it('formats negative amounts', () => {
    assert.equal(format(-1230), '(12.30)');
  });
});

describe('parse', () => {
  it('parses amounts', () => {
    assert.equal(parse('12,345.67'), 1234567);
    assert.equal(parse('12345.67'), 1234567);
    assert.equal(parse('12.3'), 1230);
    assert.equal(parse('12'), 1200);
    assert.equal(parse('(12)'), -1200);
    assert.equal(parse('  7 '), 700);
  });

  it('rejects everything else', () => {
    for (const text of ['', 'x', '1.', '1.234', '(1', '1)', '12,34']) {
      assert.throws(() => parse(text), InvalidAmount);
    }
  });
});
