/**
 * Roles and what they may do. A permission is a text like `invoice:read`.
 *
 * @typedef {{allow?: string[], deny?: string[], extends?: string[]}} Role
 */

/** Whether a permission is covered by a pattern: the same, or `invoice:*`, or `*`. */
export function matches(pattern, permission) {
  if (pattern === '*' || pattern === permission) {
    return true;
  }
  return pattern.endsWith(':*') && permission.startsWith(pattern.slice(0, -1));
}
