'use strict';

const numbers = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

class InvalidAmount extends RangeError {}

function format(cents) {
  const text = numbers.format(Math.abs(cents) / 100);
  return cents < 0 ? `(${text})` : text;
}

function parsePositive(text) {
  const [whole, decimals = '00', ...others] = text.split('.');
  const groups = whole.split(',');
  const isGrouped = groups.slice(1).every((group) => group.length === 3);
  const isSmall = groups.length === 1 || groups[0].length <= 3;
  const isDigits = [...groups, decimals].every((part) => /^[0-9]+$/.test(part));
  if (others.length > 0 || !isGrouped || !isSmall || !isDigits || decimals.length > 2) {
    return null;
  }
  return Number(groups.join('')) * 100 + Number(decimals.padEnd(2, '0'));
}

function parse(text) {
  const bare = text.trim();
  const isNegative = bare.startsWith('(') && bare.endsWith(')');
  const cents = parsePositive(isNegative ? bare.slice(1, -1) : bare);
  if (cents === null) {
    throw new InvalidAmount(`"${text}" is not an amount`);
  }
  return isNegative ? 0 - cents : cents;
}

module.exports = { format, parse, InvalidAmount };
