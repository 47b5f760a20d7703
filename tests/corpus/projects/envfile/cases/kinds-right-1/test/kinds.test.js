import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Kind, kindOf, seconds } from '../src/kinds.js';

const examples = [
  [Kind.EMPTY, ['']],
  [Kind.FLAG, ['on', 'off', 'true', 'false', 'yes', 'no', 'ON', 'False']],
  [Kind.NUMBER, ['0', '17', '-3', '+3', '0.5', '-10.25']],
  [Kind.DURATION, ['0s', '250ms', '10s', '5m', '24h']],
  [Kind.LIST, [',', 'a,b', 'a,', '1,5', 'on,off', '5s,6s']],
  [Kind.TEXT, ['x', 'one two', 'once', 'non', '1.', '.5', '1.2.3', '--1', '5 s', '5d', 's', '-5s', '1.5h', ' ', '5mm']],
];

describe('kindOf', () => {
  for (const [kind, values] of examples) {
    it(`knows ${kind}`, () => {
      assert.deepEqual(
        values.map((value) => [value, kindOf(value)]),
        values.map((value) => [value, kind]),
      );
    });
  }

  it('knows no others', () => {
    assert.ok(Object.isFrozen(Kind));
    assert.deepEqual(Object.values(Kind), examples.map(([kind]) => kind));
  });
});

describe('seconds', () => {
  for (const [value, expected] of [['250ms', 0.25], ['0s', 0], ['90s', 90], ['5m', 300], ['1h', 3600], ['24h', 86400]]) {
    it(`of ${value}`, () => {
      assert.equal(seconds(value), expected);
    });
  }

  for (const value of ['', '5', 'on', 'a,b', 'text', '5d', '1h30m']) {
    it(`refuses '${value}'`, () => {
      assert.throws(() => seconds(value), { name: 'TypeError', message: `'${value}' is no duration` });
    });
  }
});
