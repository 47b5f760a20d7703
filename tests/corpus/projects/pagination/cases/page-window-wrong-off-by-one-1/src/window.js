'use strict';

/**
 * Compute the page numbers to display.
 */
function pageWindow(page, pages, around = 2) {
  const numbers = new Set([1, pages]);
  for (let n = Math.max(1, page - around); n <= Math.min(pages, page + around); n++) {
    numbers.add(n);
  }
  const sorted = [...numbers].sort((a, b) => a - b);
  const result = [];
  let previous = 0;
  for (const n of sorted) {
    if (n - previous > 1) {
      result.push('…');
    }
    result.push(n);
    previous = n;
  }
  return result;
}

module.exports = { pageWindow };
