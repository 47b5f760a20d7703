'use strict';

class NotEnough extends Error {
  /** @param {Record<string, number>} missing */
  constructor(missing) {
    const parts = Object.entries(missing).map(([article, pieces]) => `${pieces} of ${article}`);
    super(`not enough pieces: ${parts.join(', ')} missing`);
    this.name = 'NotEnough';
    this.missing = missing;
  }
}

function needed(lines) {
  const needs = new Map();
  for (const { article, pieces } of lines) {
    if (!(pieces >= 1)) {
      throw new RangeError(`cannot reserve ${pieces} of ${article}`);
    }
    needs.set(article, (needs.get(article) ?? 0) + pieces);
  }
  return needs;
}

/**
 * Takes all or nothing.
 *
 * @param {import('./stock.js').Stock} stock
 * @param {{article: string, pieces: number}[]} lines
 * @throws {NotEnough | RangeError | import('./stock.js').UnknownArticle}
 */
function reserve(stock, lines) {
  const needs = [...needed(lines)];
  const lacking = needs
    .map(([article, pieces]) => [article, pieces - stock.pieces(article)])
    .filter(([, pieces]) => pieces > 0);
  if (lacking.length > 0) {
    throw new NotEnough(Object.fromEntries(lacking));
  }
  for (const [article, pieces] of needs) {
    stock.remove(article, pieces);
  }
}

module.exports = { reserve, NotEnough };
