'use strict';

const { Stock } = require('./stock.js');

/** Text of lines like `A-17 250`; blank lines and what follows a # are ignored. */
function readStock(text) {
  const stock = new Stock();
  for (const line of text.split('\n')) {
    const bare = line.replace(/#.*/, '').trim();
    if (bare === '') {
      continue;
    }
    const match = /^(\S+)\s+(\d+)$/.exec(bare);
    if (match === null) {
      throw new SyntaxError(`not a line of stock: ${line}`);
    }
    stock.add(match[1], Number(match[2]));
  }
  return stock;
}

module.exports = { readStock };
