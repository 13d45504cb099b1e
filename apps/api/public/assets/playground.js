/** Two people in one room, each with a connection of their own. Development only: tokens come from POST /dev/tokens. */
import { Pane } from '/assets/pane.js';

const KEPT = 'switchboard.playground.request';
const PEOPLE = [
  { sub: '123', role: 'customer', name: 'First Customer' },
  { sub: '456', role: 'staff', name: 'Mike Johnson' },
];
const HOST = { sub: 'host', role: 'service' };

async function rest(method, path, { token, body } = {}) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = await response.json();
  if (!answer.success) throw new Error(`${answer.error} (${answer.code})`);
  return answer.data;
}

const tokenFor = async (person) => (await rest('POST', '/dev/tokens', { body: person })).token;

/** As the host platform does it: the room comes with the service request. */
async function openRoom(request) {
  await rest('PUT', `/api/v1/chat/directory/contexts/service_request/${request}`, {
    token: await tokenFor(HOST),
    body: { participants: PEOPLE.map(({ sub, role }) => ({ user_id: sub, role })) },
  });
  return `service_${request}`;
}

function keptRequest() {
  return sessionStorage.getItem(KEPT) ?? newRequest();
}

function newRequest() {
  const request = String(Date.now());
  sessionStorage.setItem(KEPT, request);
  return request;
}

export function startPlayground() {
  const byId = (id) => document.getElementById(id);
  let panes = [];

  async function open(request) {
    for (const pane of panes) pane.close();
    panes = [];
    byId('playground-error').hidden = true;
    try {
      const room = await openRoom(request);
      byId('room').textContent = room;
      panes = PEOPLE.map((person) => {
        const token = () => tokenFor(person);
        const history = async (afterSeq) =>
          rest(
            'GET',
            `/api/v1/chat/rooms/${room}/messages?per_page=100${afterSeq ? `&after_seq=${afterSeq}` : ''}`,
            {
              token: await token(),
            },
          );
        return new Pane({ person, room, token, history, template: byId('pane-template') });
      });
      byId('panes').replaceChildren(...panes.map((pane) => pane.element));
      await Promise.all(panes.map((pane) => pane.connect()));
    } catch (error) {
      byId('playground-error').textContent = `The conversation could not be opened: ${error.message}`;
      byId('playground-error').hidden = false;
    }
  }

  byId('playground').hidden = false;
  byId('restart').addEventListener('click', () => open(newRequest()));
  void open(keptRequest());
}
