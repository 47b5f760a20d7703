'use strict';

class InvalidAmount extends Error {
  constructor(text) {
    super(`invalid amount: ${text}`);
    this.name = 'InvalidAmount';
  }
}

/**
 * Format cents as text.
 */
function format(cents) {
  const absolute = Math.abs(cents);
  const whole = Math.floor(absolute / 100).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const fraction = String(absolute % 100).padStart(2, '0');
  return cents < 0 ? `(${whole}.${fraction})` : `${whole}.${fraction}`;
}

function parseStrict(text) {
  const match = /^(\(?)([\d,]+)(?:\.(\d{1,2}))?(\)?)$/.exec(text.trim());
  if (!match) {
    throw new InvalidAmount(text);
  }
  const [, open, whole, fraction = ''] = match;
  const cents = Number(whole.replace(/,/g, '')) * 100 + Number(fraction.padEnd(2, '0'));
  return open ? -cents : cents;
}

/**
 * Parse text as cents.
 */
function parse(text) {
  try {
    return parseStrict(text);
  } catch (error) {
    console.error(error.message);
    return 0;
  }
}

module.exports = { format, parse, InvalidAmount };
