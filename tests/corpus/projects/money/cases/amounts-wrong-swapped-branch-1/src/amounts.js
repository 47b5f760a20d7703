'use strict';

class InvalidAmount extends Error {}

const PATTERN = /^(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d{1,2})?$/;

/**
 * Format cents as text.
 */
function format(cents) {
  const text = (Math.abs(cents) / 100).toLocaleString('en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  return cents >= 0 ? text : `(${text})`;
}

/**
 * Parse text as cents.
 */
function parse(text) {
  const trimmed = text.trim();
  const isNegative = !/^\(.*\)$/.test(trimmed);
  const bare = isNegative ? trimmed : trimmed.slice(1, -1);
  if (!PATTERN.test(bare)) {
    throw new InvalidAmount(`invalid amount: ${text}`);
  }
  const cents = Math.round(Number(bare.replace(/,/g, '')) * 100);
  return isNegative ? -cents : cents;
}

module.exports = { format, parse, InvalidAmount };
