'use strict';

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function check(weights) {
  if (weights.length === 0) {
    throw new RangeError('there are no weights');
  }
  if (weights.some((weight) => weight < 0)) {
    throw new RangeError('a weight is negative');
  }
  if (sum(weights) === 0) {
    throw new RangeError('all weights are 0');
  }
}

/** Shares cents by weights; what cannot be shared evenly goes to the first ones. */
function allocate(cents, weights) {
  check(weights);
  if (cents < 0) {
    return allocate(-cents, weights).map((share) => 0 - share);
  }
  const total = sum(weights);
  const down = weights.map((weight) => Math.floor((cents * weight) / total));
  let remaining = cents - sum(down);
  return down.map((share, index) => {
    const more = weights[index] > 0 && remaining > 0 ? 1 : 0;
    remaining -= more;
    return share + more;
  });
}

module.exports = { allocate };
