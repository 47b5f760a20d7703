import { matches } from './roles.js';

export const Reason = Object.freeze({
  SUSPENDED: 'suspended',
  DENIED: 'denied',
  GRANTED: 'granted',
  NOT_GRANTED: 'not granted',
  NO_ROLE: 'no role',
});

/**
 * @param {{roles: string[], suspended: boolean}} user
 * @param {string} permission
 * @param {Record<string, import('./roles.js').Role>} roles
 * @returns {{allowed: boolean, reason: string}}
 */
export function decide(user, permission, roles) {
  const reason = reasonFor(user, permission, roles);
  return { allowed: reason === Reason.GRANTED, reason };
}

function reasonFor(user, permission, roles) {
  if (user.suspended) {
    return Reason.SUSPENDED;
  }
  if (user.roles.length === 0) {
    return Reason.NO_ROLE;
  }
  const held = user.roles.map((name) => roles[name]);
  const some = (key) => held.some((role) => role[key]?.some((pattern) => matches(pattern, permission)));
  if (some('deny')) {
    return Reason.DENIED;
  }
  return some('allow') ? Reason.GRANTED : Reason.NOT_GRANTED;
}
