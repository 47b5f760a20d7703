'use strict';

class BadCursor extends Error {
  name = 'BadCursor';
}

const toCursor = (item) => Buffer.from(JSON.stringify({ after: item.id })).toString('base64url');

function parse(cursor) {
  let value;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url'));
  } catch {
    value = null;
  }
  if (value === null || typeof value !== 'object' || !('after' in value)) {
    throw new BadCursor(`${cursor} cannot be read`);
  }
  return value.after;
}

function startOf(items, cursor) {
  if (cursor === null) {
    return 0;
  }
  const id = parse(cursor);
  const index = items.findIndex((item) => item.id === id);
  if (index < 0) {
    throw new BadCursor(`there is no entry ${id}`);
  }
  return index + 1;
}

function after(items, cursor, size) {
  const start = startOf(items, cursor);
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? toCursor(items[end - 1]) : null,
  };
}

module.exports = { after, BadCursor };
