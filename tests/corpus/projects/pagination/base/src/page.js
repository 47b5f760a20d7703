'use strict';

/**
 * One page of a list. Pages are numbered from 1.
 *
 * @template T
 * @param {T[]} items
 * @param {number} page
 * @param {number} size
 * @returns {{items: T[], page: number, pages: number}}
 */
function paginate(items, page, size) {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`size must be a positive integer, not ${size}`);
  }
  const pages = Math.max(Math.ceil(items.length / size), 1);
  const current = Math.min(Math.max(page, 1), pages);
  const start = (current - 1) * size;
  return { items: items.slice(start, start + size), page: current, pages };
}

module.exports = { paginate };
