import assert from 'node:assert/strict';
import test from 'node:test';

import { Kind, kindOf, seconds } from '../src/kinds.js';

function is(kind, ...values) {
  for (const value of values) {
    assert.equal(kindOf(value), kind, `'${value}' should be ${String(kind)}`);
  }
}

test('empty', () => {
  is(Kind.EMPTY, '');
  is(Kind.TEXT, ' ');
});

test('flags', () => {
  is(Kind.FLAG, 'on', 'off', 'true', 'false', 'yes', 'no', 'Yes', 'OFF');
  is(Kind.TEXT, 'y', 'none', 'yes!');
});

test('numbers', () => {
  is(Kind.NUMBER, '0', '007', '-3', '+4', '0.5', '3.14159');
  is(Kind.TEXT, '-', '1.', '.5', '1e3', '1 000', 'x1');
});

test('durations', () => {
  is(Kind.DURATION, '250ms', '1s', '15m', '2h');
  is(Kind.TEXT, '2d', '-2h', '0.5h', '2 h', 'h', '2H');
});

test('lists', () => {
  is(Kind.LIST, 'a,b', 'a, b', ',', '1,2', '1s,2s');
  is(Kind.TEXT, 'a;b');
});

test('six kinds, frozen', () => {
  assert.equal(Object.keys(Kind).length, 6);
  assert.ok(Object.isFrozen(Kind));
});

test('seconds', () => {
  assert.equal(seconds('1h'), 3600);
  assert.equal(seconds('15m'), 900);
  assert.equal(seconds('7s'), 7);
  assert.equal(seconds('1500ms'), 1.5);
});

test('seconds of something else', () => {
  for (const value of ['', 'on', '12', '1,2', '2d']) {
    assert.throws(() => seconds(value), new TypeError(`no duration: ${value}`));
  }
});
