import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ParseError, parse } from '../src/parse.js';

test('values', () => {
  assert.deepEqual(parse('A=1\nB=a=b\n  C = x y '), { A: '1', B: 'a=b', C: 'x y' });
});

test('comments', () => {
  assert.deepEqual(parse('# A=1\n\nB=2 # x'), { B: '2 # x' });
});

test('quotes', () => {
  assert.deepEqual(parse('A=" x "\nB=\' y \''), { A: ' x ', B: ' y ' });
});

test('last one wins', () => {
  assert.deepEqual(parse('A=1\nA=2'), { A: '2' });
});

test('errors have a line', () => {
  for (const [text, line] of [['A', 1], ['A=1\nb=2', 2]]) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof ParseError && error.line === line,
    );
  }
});
