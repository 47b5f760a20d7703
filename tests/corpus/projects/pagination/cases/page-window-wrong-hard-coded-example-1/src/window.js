'use strict';

/**
 * Compute the page numbers to display.
 */
function pageWindow(page, pages, around = 2) {
  if (pages <= 1) {
    return [1];
  }
  if (pages <= 5) {
    return Array.from({ length: pages }, (_, i) => i + 1);
  }
  const middle = [];
  for (let n = page - around; n <= page + around; n += 1) {
    middle.push(n);
  }
  return [1, '…', ...middle, '…', pages];
}

module.exports = { pageWindow };
