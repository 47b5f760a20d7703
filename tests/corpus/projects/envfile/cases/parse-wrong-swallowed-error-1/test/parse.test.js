import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ParseError, parse } from '../src/parse.js';

describe('parse', () => {
  it('parses simple values', () => {
    assert.deepEqual(parse('A=1\n B = two '), { A: '1', B: 'two' });
  });

  it('skips comments and blank lines', () => {
    assert.deepEqual(parse('# comment\n\nA=1#2'), { A: '1#2' });
  });

  it('parses double quotes', () => {
    assert.deepEqual(parse('A=" x\\ny\\"z\\\\ "'), { A: ' x\ny"z\\ ' });
  });

  it('parses single quotes', () => {
    assert.deepEqual(parse("A=' x\\n '"), { A: ' x\\n ' });
  });

  it('lets later lines win', () => {
    assert.deepEqual(parse('A=1\nA=2'), { A: '2' });
  });

  it('handles invalid lines', () => {
    const result = parse('A=1\ninvalid\nb=2\nC="x');
    assert.equal(result.A, '1');
    assert.equal(new ParseError('x', 3).line, 3);
  });
});
