export class UnknownRole extends Error {}

export class RoleCycle extends Error {
  constructor(path) {
    super(path.join(' -> '));
    this.path = path;
  }
}

export function resolve(name, roles) {
  const allow = new Set();
  const deny = new Set();

  function visit(current, path) {
    if (!Object.hasOwn(roles, current)) {
      throw new UnknownRole(`unknown role: ${current}`);
    }
    const role = roles[current];
    if (path.includes(current)) {
      throw new RoleCycle([...path, current].slice(path.indexOf(current)));
    }
    role.allow?.forEach((permission) => allow.add(permission));
    role.deny?.forEach((permission) => deny.add(permission));
    role.extends?.forEach((parent) => visit(parent, [...path, current]));
  }

  visit(name, []);
  return { allow: [...allow].sort(), deny: [...deny].sort() };
}
