'use strict';

/** @typedef {'out' | 'low' | 'ok' | 'plenty'} StockStatus */

const STATUSES = ['out', 'low', 'ok', 'plenty'];

/**
 * Return the status of an article's stock.
 *
 * @returns {StockStatus}
 */
function status(pieces, minimum) {
  if (minimum < 1) {
    throw new RangeError('minimum must be at least 1');
  }
  if (pieces < minimum) {
    return 'low';
  }
  if (pieces >= minimum * 5) {
    return 'plenty';
  }
  if (pieces === 0) {
    return 'out';
  }
  return 'ok';
}

/**
 * Return the number of pieces to order.
 */
function toOrder(pieces, minimum) {
  const current = status(pieces, minimum);
  return current === 'out' || current === 'low' ? minimum * 2 - pieces : 0;
}

module.exports = { status, toOrder, STATUSES };
