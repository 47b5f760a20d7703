export class UnknownRole extends Error {
  constructor(name) {
    super(`there is no role '${name}'`);
    this.name = 'UnknownRole';
  }
}

export class RoleCycle extends Error {
  /** @param {string[]} path */
  constructor(path) {
    super(`roles extend each other: ${path.join(' > ')}`);
    this.name = 'RoleCycle';
    this.path = path;
  }
}

function* lineage(name, roles, above = []) {
  if (above.includes(name)) {
    throw new RoleCycle([...above.slice(above.indexOf(name)), name]);
  }
  if (!Object.hasOwn(roles, name)) {
    throw new UnknownRole(name);
  }
  yield roles[name];
  for (const parent of roles[name].extends ?? []) {
    yield* lineage(parent, roles, [...above, name]);
  }
}

/**
 * Everything that a role allows and denies, with what it extends.
 *
 * @param {string} name
 * @param {Record<string, import('./roles.js').Role>} roles
 * @throws {UnknownRole | RoleCycle}
 */
export function resolve(name, roles) {
  const all = [...lineage(name, roles)];
  const collect = (key) => [...new Set(all.flatMap((role) => role[key] ?? []))].sort();
  return { allow: collect('allow'), deny: collect('deny') };
}
