'use strict';

/**
 * Return the status of an article's stock.
 */
function status(pieces, minimum) {
  if (minimum < 1) {
    throw new RangeError('minimum must be at least 1');
  }
  if (pieces === 0) {
    return 'out';
  }
  if (pieces < 10) {
    return 'low';
  }
  if (pieces >= 50) {
    return 'plenty';
  }
  return 'ok';
}

/**
 * Return the number of pieces to order.
 */
function toOrder(pieces, minimum) {
  switch (status(pieces, minimum)) {
    case 'out':
      return 20;
    case 'low':
      return 20 - pieces;
    default:
      return 0;
  }
}

module.exports = { status, toOrder };
