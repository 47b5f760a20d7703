'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');

const { readStock } = require('../src/reading.js');
const { Stock } = require('../src/stock.js');

const contents = (stock) => stock.articles().map((article) => `${article} ${stock.pieces(article)}`);

test('reads what is there', () => {
  const text = '\n# first shelf\nA-1 12\n';
  assert.deepEqual(contents(readStock(text)), ['A-1 12']);
  assert.deepEqual(contents(readStock('B   7\nA 5 # five\nB 1')), ['A 5', 'B 8']);
  assert.deepEqual(contents(readStock('')), []);
});

test('is what Stock.read does', () => {
  const text = 'B 7\n\nA 5 # five';
  assert.deepEqual(contents(Stock.read(text)), contents(readStock(text)));
  assert.ok(readStock(text) instanceof Stock);
});

test('refuses other lines', () => {
  for (const line of ['A', '12', 'A b', 'A 1 b', 'A -1']) {
    assert.throws(() => readStock(line), new SyntaxError(`not a line of stock: ${line}`));
    assert.throws(() => Stock.read(line), new SyntaxError(`not a line of stock: ${line}`));
  }
});
