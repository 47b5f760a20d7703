'use strict';

class NotEnough extends Error {
  name = 'NotEnough';
  missing = {};
}

function reserve(stock, lines) {
  const needs = {};
  for (const line of lines) {
    if (line.pieces < 1) {
      throw new RangeError('a line needs at least one piece');
    }
    needs[line.article] = (needs[line.article] ?? 0) + line.pieces;
  }

  const error = new NotEnough('some articles have too few pieces');
  for (const article of Object.keys(needs)) {
    const lack = needs[article] - stock.pieces(article);
    if (lack > 0) {
      error.missing[article] = lack;
    }
  }
  if (Object.keys(error.missing).length > 0) {
    throw error;
  }

  for (const article of Object.keys(needs)) {
    stock.remove(article, needs[article]);
  }
}

module.exports = { reserve, NotEnough };
