'use strict';

const PLENTY = 5;

/** @typedef {'out' | 'low' | 'ok' | 'plenty'} Status */

/**
 * @param {number} pieces
 * @param {number} minimum
 * @returns {Status}
 */
function status(pieces, minimum) {
  if (minimum < 1) {
    throw new RangeError(`the minimum must be at least 1, not ${minimum}`);
  }
  if (pieces === 0) {
    return 'out';
  }
  if (pieces < minimum) {
    return 'low';
  }
  return pieces >= PLENTY * minimum ? 'plenty' : 'ok';
}

/** How many pieces to order, so that there are twice the minimum. */
function toOrder(pieces, minimum) {
  const isShort = ['out', 'low'].includes(status(pieces, minimum));
  return isShort ? 2 * minimum - pieces : 0;
}

module.exports = { status, toOrder };
