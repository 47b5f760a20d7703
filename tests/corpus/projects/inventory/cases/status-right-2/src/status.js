'use strict';

const WORDS = [
  ['out', (pieces) => pieces === 0],
  ['low', (pieces, minimum) => pieces < minimum],
  ['ok', (pieces, minimum) => pieces < 5 * minimum],
  ['plenty', () => true],
];

function status(pieces, minimum) {
  if (minimum < 1) {
    throw new RangeError('minimum below 1');
  }
  const [word] = WORDS.find(([, holds]) => holds(pieces, minimum));
  return word;
}

function toOrder(pieces, minimum) {
  switch (status(pieces, minimum)) {
    case 'out':
    case 'low':
      return minimum * 2 - pieces;
    default:
      return 0;
  }
}

module.exports = { status, toOrder };
