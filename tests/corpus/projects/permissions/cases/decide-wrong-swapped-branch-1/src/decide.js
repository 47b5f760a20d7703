import { matches } from './roles.js';

/** Reasons for a decision. */
export const Reason = Object.freeze({
  SUSPENDED: 'suspended',
  DENIED: 'denied',
  GRANTED: 'granted',
  NOT_GRANTED: 'not granted',
  NO_ROLE: 'no role',
});

/**
 * Decide whether the user has the permission.
 */
export function decide(user, permission, roles) {
  if (user.suspended) {
    return { allowed: false, reason: Reason.SUSPENDED };
  }
  if (user.roles.length === 0) {
    return { allowed: false, reason: Reason.NO_ROLE };
  }
  const userRoles = user.roles.map((name) => roles[name]);
  if (userRoles.some((role) => (role.allow ?? []).some((p) => matches(p, permission)))) {
    return { allowed: true, reason: Reason.GRANTED };
  }
  if (userRoles.some((role) => (role.deny ?? []).some((p) => matches(p, permission)))) {
    return { allowed: false, reason: Reason.DENIED };
  }
  return { allowed: false, reason: Reason.NOT_GRANTED };
}
