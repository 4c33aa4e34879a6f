// The names of users and groups by their ids, as far as the caller may know them.
import { get } from './request.js';
import { short } from './format.js';

const NOBODY = '00000000-0000-0000-0000-000000000000';
const OPERATOR = '00000000-0000-0000-0000-000000000001';
const names = new Map();
let me = {};

// Remembers the caller: `whoami` of the node, or an empty object.
export const setMe = (whoami) => {
  me = whoami;
  names.clear();
};

export const myself = () => me;

export const isAdmin = () => me.admin === true;

// The nickname of a user, or the start of the id. Only an administrator may look up others.
export async function nameOf(uuid) {
  if (!uuid || uuid === NOBODY) {
    return 'nobody';
  }
  if (uuid === OPERATOR) {
    return 'this machine';
  }
  if (uuid === me.user_uuid) {
    return me.nickname;
  }
  return nameAt(`/auth/users/${uuid}`, 'nickname', uuid);
}

// The name that the node has for an id: asked for once, and by administrators only.
function nameAt(target, member, uuid) {
  if (!isAdmin() || me.open) {
    return short(uuid);
  }
  if (!names.has(uuid)) {
    names.set(
      uuid,
      get(target, { hidden: true, taken: [404] }).then(
        (answer) => answer.json[member] ?? short(uuid),
        () => short(uuid),
      ),
    );
  }
  return names.get(uuid);
}

// The name of a group, or the start of the id. Others than an administrator know their own groups only.
export async function groupName(uuid) {
  if (!uuid) {
    return 'no group';
  }
  const mine = me.groups?.find((group) => group.uuid === uuid);
  return mine ? mine.name : nameAt(`/auth/groups/${uuid}`, 'name', uuid);
}
