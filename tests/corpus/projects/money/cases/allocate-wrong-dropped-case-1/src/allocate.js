'use strict';

/**
 * Allocate an amount according to weights.
 *
 * @param {number} cents
 * @param {number[]} weights
 * @returns {number[]}
 */
function allocate(cents, weights) {
  const total = weights.reduce((a, b) => a + b, 0);
  if (total === 0) {
    throw new RangeError('weights must not be empty or all zero');
  }
  const sign = cents < 0 ? -1 : 1;
  const amount = Math.abs(cents);
  const shares = weights.map((w) => Math.floor((amount * w) / total));
  let remainder = amount - shares.reduce((a, b) => a + b, 0);
  for (let i = 0; remainder > 0; i++, remainder--) {
    shares[i] += 1;
  }
  return shares.map((share) => share * sign);
}

module.exports = { allocate };
