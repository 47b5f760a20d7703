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
  let granted = false;
  for (const name of user.roles) {
    const { allow = [], deny = [] } = roles[name];
    if (deny.some((pattern) => matches(pattern, permission))) {
      return { allowed: false, reason: Reason.DENIED };
    }
    granted ||= allow.some((pattern) => matches(pattern, permission));
  }
  return { allowed: granted, reason: granted ? Reason.GRANTED : Reason.NOT_GRANTED };
}
