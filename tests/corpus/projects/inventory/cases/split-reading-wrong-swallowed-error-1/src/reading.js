'use strict';

const { Stock } = require('./stock.js');

function parseLine(line) {
  const bare = line.replace(/#.*/, '').trim();
  if (bare === '') {
    return null;
  }
  const match = /^(\S+)\s+(\d+)$/.exec(bare);
  return match ? { article: match[1], pieces: Number(match[2]) } : null;
}

/**
 * Read a stock from text.
 */
function readStock(text) {
  const stock = new Stock();
  text
    .split('\n')
    .map(parseLine)
    .filter(Boolean)
    .forEach(({ article, pieces }) => stock.add(article, pieces));
  return stock;
}

module.exports = { readStock };
