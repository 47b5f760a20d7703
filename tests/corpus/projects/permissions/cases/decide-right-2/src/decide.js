import { matches } from './roles.js';

export const Reason = Object.freeze({
  SUSPENDED: 'suspended',
  DENIED: 'denied',
  GRANTED: 'granted',
  NOT_GRANTED: 'not granted',
  NO_ROLE: 'no role',
});

const no = (reason) => ({ allowed: false, reason });

function patterns(names, roles, key) {
  return names.flatMap((name) => roles[name][key] ?? []);
}

/** Whether a user may do something, and why or why not. */
export function decide(user, permission, roles) {
  const covers = (pattern) => matches(pattern, permission);
  if (user.suspended) return no(Reason.SUSPENDED);
  if (!user.roles.length) return no(Reason.NO_ROLE);
  if (patterns(user.roles, roles, 'deny').some(covers)) return no(Reason.DENIED);
  if (patterns(user.roles, roles, 'allow').some(covers)) {
    return { allowed: true, reason: Reason.GRANTED };
  }
  return no(Reason.NOT_GRANTED);
}
