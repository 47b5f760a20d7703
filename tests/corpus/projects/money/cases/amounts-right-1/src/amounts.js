'use strict';

const AMOUNT = /^(\()?(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?(\))?$/;

class InvalidAmount extends Error {
  constructor(text) {
    super(`not an amount: '${text}'`);
    this.name = 'InvalidAmount';
  }
}

/**
 * @param {number} cents
 * @returns {string}
 */
function format(cents) {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  const text = `${whole}.${digits.slice(-2)}`;
  return cents < 0 ? `(${text})` : text;
}

/**
 * @param {string} text
 * @returns {number} cents
 * @throws {InvalidAmount}
 */
function parse(text) {
  const match = AMOUNT.exec(text.trim());
  if (match === null || Boolean(match[1]) !== Boolean(match[4])) {
    throw new InvalidAmount(text);
  }
  const cents = Number(match[2].replaceAll(',', '') + (match[3] ?? '').padEnd(2, '0'));
  return match[1] && cents !== 0 ? -cents : cents;
}

module.exports = { format, parse, InvalidAmount };
