'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');

const { readStock } = require('../src/reading.js');
const { Stock } = require('../src/stock.js');

for (const [name, read] of [
  ['readStock', readStock],
  ['Stock.read', (text) => Stock.read(text)],
]) {
  describe(name, () => {
    it('ignores comments and blank lines', () => {
      const stock = read('# all\n\nA-17 250 # pieces\n   \n B 2\n');
      assert.ok(stock instanceof Stock);
      assert.deepEqual(stock.articles(), ['A-17', 'B']);
      assert.equal(stock.pieces('A-17'), 250);
      assert.equal(stock.pieces('B'), 2);
    });

    it('adds lines of one article', () => {
      assert.equal(read('A 1\nA 20').pieces('A'), 21);
    });

    for (const line of ['A', 'A many', 'A -1', 'A 1 2', '5']) {
      it(`refuses '${line}' and quotes it`, () => {
        assert.throws(() => read(`B 1\n${line}`), {
          name: 'SyntaxError',
          message: `not a line of stock: ${line}`,
        });
      });
    }
  });
}
