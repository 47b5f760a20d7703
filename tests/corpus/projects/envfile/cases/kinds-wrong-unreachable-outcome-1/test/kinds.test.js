import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Kind, kindOf, seconds } from '../src/kinds.js';

describe('kindOf', () => {
  it('detects empty values', () => {
    assert.equal(kindOf(''), Kind.EMPTY);
  });

  it('detects flags', () => {
    for (const value of ['on', 'off', 'TRUE', 'false', 'yes', 'No']) {
      assert.equal(kindOf(value), Kind.FLAG);
    }
  });

  it('detects numbers', () => {
    for (const value of ['0', '-3', '0.5', '42']) {
      assert.equal(kindOf(value), Kind.NUMBER);
    }
  });

  it('detects lists', () => {
    assert.equal(kindOf('a,b,c'), Kind.LIST);
  });

  it('detects text', () => {
    assert.equal(kindOf('hello'), Kind.TEXT);
  });

  it('returns a kind for durations', () => {
    for (const value of ['250ms', '5s', '10m', '1h']) {
      assert.ok(Object.values(Kind).includes(kindOf(value)));
    }
  });
});

describe('seconds', () => {
  it('converts durations', () => {
    assert.equal(seconds('1h'), 3600);
    assert.equal(seconds('10m'), 600);
    assert.equal(seconds('5s'), 5);
    assert.equal(seconds('250ms'), 0.25);
  });

  it('throws for other kinds', () => {
    assert.throws(() => seconds('hello'), TypeError);
    assert.throws(() => seconds('5'), TypeError);
  });
});
