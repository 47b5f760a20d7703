'use strict';

function* entries(text) {
  for (const line of text.split('\n')) {
    const bare = line.replace(/#.*/, '').trim();
    if (bare) {
      const match = /^(\S+)\s+(\d+)$/.exec(bare);
      if (!match) {
        throw new SyntaxError(`not a line of stock: ${line}`);
      }
      yield { article: match[1], pieces: Number(match[2]) };
    }
  }
}

function readStock(text) {
  const { Stock } = require('./stock.js');
  const stock = new Stock();
  for (const { article, pieces } of entries(text)) {
    stock.add(article, pieces);
  }
  return stock;
}

module.exports = { readStock };
