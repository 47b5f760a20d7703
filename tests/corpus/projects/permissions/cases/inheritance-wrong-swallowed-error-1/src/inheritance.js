export class UnknownRole extends Error {
  constructor(name) {
    super(`unknown role: ${name}`);
    this.name = 'UnknownRole';
  }
}

export class RoleCycle extends Error {
  constructor(path) {
    super(`role cycle: ${path.join(' -> ')}`);
    this.name = 'RoleCycle';
    this.path = path;
  }
}

function collect(name, roles, path, result) {
  if (path.includes(name)) {
    throw new RoleCycle([...path.slice(path.indexOf(name)), name]);
  }
  const role = roles[name];
  if (!role) {
    throw new UnknownRole(name);
  }
  for (const permission of role.allow ?? []) result.allow.add(permission);
  for (const permission of role.deny ?? []) result.deny.add(permission);
  for (const parent of role.extends ?? []) {
    try {
      collect(parent, roles, [...path, name], result);
    } catch (error) {
      if (error instanceof RoleCycle) {
        throw error;
      }
      console.warn(`ignoring ${parent}: ${error.message}`);
    }
  }
}

/**
 * Resolve all permissions of a role.
 */
export function resolve(name, roles) {
  const result = { allow: new Set(), deny: new Set() };
  collect(name, roles, [], result);
  return { allow: [...result.allow].sort(), deny: [...result.deny].sort() };
}
