'use strict';

/**
 * Allocate an amount according to weights.
 */
function allocate(cents, weights) {
  const total = weights.reduce((a, b) => a + b, 0);
  if (weights.length === 0 || total === 0 || weights.some((w) => w < 0)) {
    throw new RangeError('invalid weights');
  }
  if (cents < 0) {
    return allocate(-cents, weights).map((share) => -share);
  }
  const shares = weights.map((weight) => Math.floor((cents * weight) / total));
  const remainder = cents - shares.reduce((a, b) => a + b, 0);
  shares[weights.findIndex((weight) => weight > 0)] += remainder;
  return shares;
}

module.exports = { allocate };
