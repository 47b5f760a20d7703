import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Kind, kindOf, seconds } from '../src/kinds.js';

const rows = {
  EMPTY: [''],
  FLAG: ['on', 'off', 'true', 'false', 'yes', 'no', 'YES', 'False'],
  NUMBER: ['0', '42', '-3', '+7', '0.5', '-12.25', '1'],
  DURATION: ['250ms', '5s', '10m', '1h'],
  LIST: ['a,b', ',', '1,2', 'on,off', '1,5'],
  TEXT: ['hello', '1.', '1x', '5 s', '1.5h', '-3s', 'onn', '1d', 'ms'],
};
for (const [kind, values] of Object.entries(rows)) {
  for (const value of values) {
    test(`'${value}' is ${kind}`, () => {
      assert.equal(kindOf(value), Kind[kind]);
    });
  }
}

test('all kinds', () => {
  assert.ok(Object.isFrozen(Kind));
  assert.deepEqual(Object.keys(Kind).sort(), Object.keys(rows).sort());
  assert.equal(new Set(Object.values(Kind)).size, 6);
});

test('seconds', () => {
  assert.deepEqual(['1h', '10m', '5s', '250ms', '36h', '90s'].map(seconds), [3600, 600, 5, 0.25, 129600, 90]);
  for (const value of ['', 'on', '5', 'a,b', 'x']) {
    assert.throws(() => seconds(value), TypeError);
  }
});
