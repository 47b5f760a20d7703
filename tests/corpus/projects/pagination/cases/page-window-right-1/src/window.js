'use strict';

const GAP = '…';

/**
 * What to show below a list: numbers of pages, with an ellipsis where some are left out.
 *
 * @param {number} page
 * @param {number} pages
 * @param {number} [around] how many to show on either side
 * @returns {(number | string)[]}
 */
function pageWindow(page, pages, around = 2) {
  const shown = [];
  for (let number = 1; number <= pages; number += 1) {
    const isEdge = number === 1 || number === pages;
    if (isEdge || Math.abs(number - page) <= around) {
      shown.push(number);
    }
  }
  return shown.flatMap((number, index) => {
    const left = index === 0 ? 0 : number - shown[index - 1] - 1;
    if (left === 0) {
      return [number];
    }
    return left === 1 ? [number - 1, number] : [GAP, number];
  });
}

module.exports = { pageWindow };
