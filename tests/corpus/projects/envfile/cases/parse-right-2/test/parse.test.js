import assert from 'node:assert/strict';
import test from 'node:test';

import { ParseError, parse } from '../src/parse.js';

const FILE = String.raw`
# settings of the mailer
HOST = mail.example.org
PORT=25
PORT=2525

GREETING="Hello,\n  \"you\"  \\o/"
PATTERN='^\d+ "x"$'
COLOUR=#ff0000
EMPTY=
FORMULA=a=b
`;

test('a whole file', () => {
  assert.deepEqual(parse(FILE), {
    HOST: 'mail.example.org',
    PORT: '2525',
    GREETING: 'Hello,\n  "you"  \\o/',
    PATTERN: '^\\d+ "x"$',
    COLOUR: '#ff0000',
    EMPTY: '',
    FORMULA: 'a=b',
  });
});

test('nothing', () => {
  assert.deepEqual(parse(''), {});
});

test('quotes keep spaces', () => {
  assert.deepEqual(parse('A="  x "\nB=\'  y \''), { A: '  x ', B: '  y ' });
  assert.deepEqual(parse('A=""\nB=\'\''), { A: '', B: '' });
});

test('a backslash before any other letter is a backslash', () => {
  assert.deepEqual(parse('A="C:\\temp"'), { A: 'C:\\temp' });
});

const faulty = ['A', 'a=1', '=1', 'A B=1', 'A="x', 'A="x\\"', 'A="', "A='x", "A='", "A='x'y'"];
for (const line of faulty) {
  test(`the line ${line} is named`, () => {
    for (const before of ['', 'B=1\n', 'B=1\n\n# x\n']) {
      assert.throws(
        () => parse(`${before}${line}\nC=1`),
        (error) => {
          assert.ok(error instanceof ParseError);
          assert.ok(error.cause instanceof SyntaxError);
          assert.equal(error.line, before.split('\n').length);
          assert.equal(error.message, `line ${error.line} cannot be read`);
          return true;
        },
      );
    }
  });
}
