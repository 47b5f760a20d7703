import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ParseError, parse } from '../src/parse.js';

describe('parse', () => {
  for (const [what, text, expected] of [
    ['nothing', '', {}],
    ['plain values', 'A=1\nB=two words', { A: '1', B: 'two words' }],
    ['spaces', '  A = 1 ', { A: '1' }],
    ['an empty value', 'A=', { A: '' }],
    ['more than one =', 'A=b=c', { A: 'b=c' }],
    ['the later line', 'A=1\nA=2', { A: '2' }],
    ['comments and blank lines', '# x\n\n   # A=1\nB=2\n', { B: '2' }],
    ['# in a value', 'A=1 # one', { A: '1 # one' }],
    ['Windows lines', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['double quotes', 'A="  b  "', { A: '  b  ' }],
    ['empty quotes', 'A=""\nB=\'\'', { A: '', B: '' }],
    ['a line break', 'A="b\\nc"', { A: 'b\nc' }],
    ['an escaped quote', 'A="b\\"c"', { A: 'b"c' }],
    ['an escaped backslash', 'A="b\\\\n"', { A: 'b\\n' }],
    ['another escape', 'A="\\d"', { A: '\\d' }],
    ['single quotes', "A=' \\n\" '", { A: ' \\n" ' }],
    ['quotes in the middle', 'A=b"c', { A: 'b"c' }],
  ]) {
    it(`reads ${what}`, () => {
      assert.deepEqual(parse(text), expected);
    });
  }

  for (const [text, line, message] of [
    ['A', 1, 'line 1: there is no ='],
    ['A=1\n\nB', 3, 'line 3: there is no ='],
    ['a=1', 1, "line 1: 'a' is no name"],
    ['=1', 1, "line 1: '' is no name"],
    ['A=1\nB="x', 2, 'line 2: a quote is not closed'],
    ["A='x", 1, 'line 1: a quote is not closed'],
    ['A="x\\"', 1, 'line 1: a quote is not closed'],
    ['A="', 1, 'line 1: a quote is not closed'],
    ['A="x" y', 1, 'line 1: a quote is not closed'],
  ]) {
    it(`says ${message}`, () => {
      assert.throws(() => parse(text), { name: 'ParseError', line, message });
    });
  }

  it('has an error of its own', () => {
    assert.ok(new ParseError(1, 'x') instanceof Error);
  });
});
