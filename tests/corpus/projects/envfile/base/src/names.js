/** Names of settings: capitals, digits and underscores, with a capital first. */
const NAME = /^[A-Z][A-Z0-9_]*$/;

/** @param {string} name */
export function isName(name) {
  return NAME.test(name);
}
