'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { Stock } = require('../src/stock.js');
const { readStock } = require('../src/reading.js');

for (const read of [readStock, (text) => Stock.read(text)]) {
  test('reads', () => {
    const stock = read('A 3 # three\n\n  B   20\n# C 5\nA 1');
    assert.ok(stock instanceof Stock);
    assert.deepEqual(stock.articles(), ['A', 'B']);
    assert.equal(stock.pieces('A'), 4);
    assert.equal(stock.pieces('B'), 20);
    assert.deepEqual(read('').articles(), []);
  });

  for (const line of ['A', 'A x', '3', 'A -3', 'A 3 4', 'A 1.5']) {
    test(`refuses ${line}`, () => {
      assert.throws(() => read(`B 2\n${line}\n`), { name: 'SyntaxError', message: `not a line of stock: ${line}` });
    });
  }
}
