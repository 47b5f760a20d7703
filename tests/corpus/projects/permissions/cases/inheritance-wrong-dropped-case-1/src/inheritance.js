export class UnknownRole extends Error {
  constructor(name) {
    super(`Unknown role: ${name}`);
    this.name = 'UnknownRole';
  }
}

export class RoleCycle extends Error {
  constructor(path) {
    super(`Role cycle: ${path.join(' -> ')}`);
    this.name = 'RoleCycle';
    this.path = path;
  }
}

function lookup(name, roles) {
  if (!(name in roles)) {
    throw new UnknownRole(name);
  }
  return roles[name];
}

/**
 * Resolve all permissions of a role.
 */
export function resolve(name, roles) {
  const role = lookup(name, roles);
  const parents = (role.extends || []).map((parent) => {
    if (parent === name) {
      throw new RoleCycle([name, name]);
    }
    return lookup(parent, roles);
  });
  const all = [role, ...parents];
  const unique = (key) => [...new Set(all.flatMap((r) => r[key] || []))].sort();
  return { allow: unique('allow'), deny: unique('deny') };
}
