'use strict';

class InvalidAmount extends Error {
  constructor(text) {
    super(`'${text}' is not a valid amount`);
    this.name = 'InvalidAmount';
  }
}

function group(digits) {
  let result = digits;
  for (let position = digits.length - 3; position > 1; position -= 3) {
    result = `${result.slice(0, position)},${result.slice(position)}`;
  }
  return result;
}

/**
 * Format cents as text.
 */
function format(cents) {
  const text = Math.abs(cents).toString().padStart(3, '0');
  const amount = `${group(text.slice(0, -2))}.${text.slice(-2)}`;
  return cents < 0 ? `(${amount})` : amount;
}

/**
 * Parse text as cents.
 */
function parse(text) {
  const match = text.trim().match(/^(\()?(\d{1,3}(?:,\d{3})*|\d+)(?:\.(\d\d?))?(\))?$/);
  if (!match || (match[1] === undefined) !== (match[4] === undefined)) {
    throw new InvalidAmount(text);
  }
  const cents = Number(match[2].replaceAll(',', '')) * 100 + Number((match[3] || '').padEnd(2, '0'));
  return match[1] ? 0 - cents : cents;
}

module.exports = { format, parse, InvalidAmount };
