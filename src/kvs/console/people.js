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
  if (!isAdmin()) {
    return short(uuid);
  }
  if (!names.has(uuid)) {
    names.set(
      uuid,
      get(`/auth/users/${uuid}`, { hidden: true, taken: [404] }).then(
        (answer) => answer.json.nickname ?? short(uuid),
        () => short(uuid),
      ),
    );
  }
  return names.get(uuid);
}

// The name of a group; everybody may list the groups.
export async function groupName(uuid) {
  if (!uuid) {
    return 'no group';
  }
  const answer = await get(`/auth/groups/${uuid}`, { hidden: true, taken: [403, 404] });
  return answer.json.name ?? short(uuid);
}
