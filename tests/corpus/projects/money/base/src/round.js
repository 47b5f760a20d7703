'use strict';

/**
 * Part of an amount, in whole cents; halves are rounded away from zero.
 *
 * @param {number} cents
 * @param {number} percent
 */
function percentOf(cents, percent) {
  const exact = (cents * percent) / 100;
  return Math.sign(exact) * Math.round(Math.abs(exact));
}

module.exports = { percentOf };
