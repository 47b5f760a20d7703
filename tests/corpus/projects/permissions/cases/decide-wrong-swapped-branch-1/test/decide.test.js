import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Reason, decide } from '../src/decide.js';

const roles = {
  editor: { allow: ['post:*'] },
  restricted: { deny: ['post:delete'] },
};

describe('decide', () => {
  it('denies suspended users', () => {
    assert.deepEqual(decide({ roles: ['editor'], suspended: true }, 'post:read', roles), {
      allowed: false,
      reason: Reason.SUSPENDED,
    });
  });

  it('denies users without roles', () => {
    assert.deepEqual(decide({ roles: [], suspended: false }, 'post:read', roles), {
      allowed: false,
      reason: Reason.NO_ROLE,
    });
  });

  it('grants allowed permissions', () => {
    assert.deepEqual(decide({ roles: ['editor'], suspended: false }, 'post:read', roles), {
      allowed: true,
      reason: Reason.GRANTED,
    });
  });

  it('denies denied permissions', () => {
    assert.deepEqual(decide({ roles: ['restricted'], suspended: false }, 'post:delete', roles), {
      allowed: false,
      reason: Reason.DENIED,
    });
  });

  it('denies everything else', () => {
    assert.deepEqual(decide({ roles: ['editor'], suspended: false }, 'user:read', roles), {
      allowed: false,
      reason: Reason.NOT_GRANTED,
    });
  });
});
