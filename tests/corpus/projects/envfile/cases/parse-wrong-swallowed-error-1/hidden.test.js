import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ParseError, parse } from '../src/parse.js';

const rows = [
  ['', {}],
  ['A=1', { A: '1' }],
  ['  A  =  b c  ', { A: 'b c' }],
  ['A=', { A: '' }],
  ['A=1=2', { A: '1=2' }],
  ['A=1\nA=2', { A: '2' }],
  ['# A=1\n\n  # x\nB=2', { B: '2' }],
  ['A=1 # 2', { A: '1 # 2' }],
  ['A=" b "', { A: ' b ' }],
  ['A="b\\nc"', { A: 'b\nc' }],
  ['A="say \\"x\\""', { A: 'say "x"' }],
  ['A="\\\\n"', { A: '\\n' }],
  ["A=' b\\n '", { A: ' b\\n ' }],
  ['A=""', { A: '' }],
];
for (const [text, expected] of rows) {
  test(JSON.stringify(text), () => {
    assert.deepEqual({ ...parse(text) }, expected);
  });
}

for (const [text, line] of [['A', 1], ['A=1\n\nb=2', 3], ['=1', 1], ['A=1\nB="x', 2], ["A='x", 1], ['A="x\\"', 1], ['A="', 1]]) {
  test(`fault of ${JSON.stringify(text)}`, () => {
    assert.throws(() => parse(text), (error) => error instanceof ParseError && error.line === line);
  });
}
