'use strict';

class NotEnough extends Error {
  constructor(missing) {
    super('not enough pieces in stock');
    this.name = 'NotEnough';
    this.missing = missing;
  }
}

function available(stock, article) {
  try {
    return stock.pieces(article);
  } catch {
    return 0;
  }
}

/**
 * Reserve all lines or nothing.
 */
function reserve(stock, lines) {
  const totals = {};
  for (const { article, pieces } of lines) {
    if (pieces < 1) {
      throw new RangeError('pieces must be at least 1');
    }
    totals[article] = (totals[article] ?? 0) + pieces;
  }
  const missing = {};
  for (const [article, pieces] of Object.entries(totals)) {
    const lack = pieces - available(stock, article);
    if (lack > 0) {
      missing[article] = lack;
    }
  }
  if (Object.keys(missing).length) {
    throw new NotEnough(missing);
  }
  for (const [article, pieces] of Object.entries(totals)) {
    stock.remove(article, pieces);
  }
}

module.exports = { reserve, NotEnough };
