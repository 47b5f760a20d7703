import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Kind, kindOf, seconds } from '../src/kinds.js';

const examples = {
  '': Kind.EMPTY,
  on: Kind.FLAG,
  FALSE: Kind.FLAG,
  42: Kind.NUMBER,
  '-0.5': Kind.NUMBER,
  '250ms': Kind.DURATION,
  '1h': Kind.DURATION,
  'a,b': Kind.LIST,
  hello: Kind.TEXT,
  '5d': Kind.TEXT,
};

for (const [value, kind] of Object.entries(examples)) {
  test(`kind of '${value}'`, () => {
    assert.equal(kindOf(value), kind);
  });
}

test('seconds', () => {
  assert.equal(seconds('1h'), 3600);
  assert.equal(seconds('2h'), 7200);
  assert.equal(seconds('0s'), 0);
});

test('seconds of other kinds', () => {
  for (const value of ['', 'on', '42', 'a,b', 'hello']) {
    assert.throws(() => seconds(value), TypeError);
  }
});
