'use strict';

class NotEnough extends Error {
  constructor(missing) {
    super(`not enough stock for: ${Object.keys(missing).join(', ')}`);
    this.name = 'NotEnough';
    this.missing = missing;
  }
}

/**
 * Reserve all lines or nothing.
 */
function reserve(stock, lines) {
  const totals = new Map();
  for (const { article, pieces } of lines) {
    if (pieces < 1) {
      throw new RangeError(`invalid number of pieces: ${pieces}`);
    }
    totals.set(article, (totals.get(article) || 0) + pieces);
  }
  const missing = {};
  for (const [article, pieces] of totals) {
    const available = stock.pieces(article);
    if (pieces >= available) {
      missing[article] = pieces - available;
    }
  }
  if (Object.keys(missing).length > 0) {
    throw new NotEnough(missing);
  }
  for (const [article, pieces] of totals) {
    stock.remove(article, pieces);
  }
}

module.exports = { reserve, NotEnough };
