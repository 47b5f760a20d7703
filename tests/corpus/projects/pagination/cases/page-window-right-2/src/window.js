'use strict';

function range(from, to) {
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => from + index);
}

/** The pages strictly between two that are shown: all of them if that is one, else a gap. */
function between(low, high) {
  return high - low <= 2 ? range(low + 1, high - 1) : ['…'];
}

function pageWindow(page, pages, around = 2) {
  if (pages === 1) {
    return [1];
  }
  const first = Math.max(page - around, 2);
  const last = Math.min(page + around, pages - 1);
  return [1, ...between(1, first), ...range(first, last), ...between(last, pages), pages];
}

module.exports = { pageWindow };
