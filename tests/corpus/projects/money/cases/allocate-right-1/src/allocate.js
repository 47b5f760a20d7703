'use strict';

/**
 * Shares an amount in proportion to weights. No cent is lost.
 *
 * @param {number} cents
 * @param {number[]} weights
 * @returns {number[]}
 * @throws {RangeError} for weights that cannot be shared by
 */
function allocate(cents, weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0 || weights.some((weight) => weight < 0)) {
    throw new RangeError(`cannot share by the weights ${weights.join(', ')}`);
  }
  const amount = Math.abs(cents);
  const shares = weights.map((weight) => Math.floor((amount * weight) / total));
  let left = amount - shares.reduce((sum, share) => sum + share, 0);
  weights.forEach((weight, index) => {
    if (weight > 0 && left > 0) {
      shares[index] += 1;
      left -= 1;
    }
  });
  return cents < 0 ? shares.map((share) => (share === 0 ? 0 : -share)) : shares;
}

module.exports = { allocate };
