import WebSocket from 'ws';
import { answer } from './answer.js';
import { token } from './token.js';

export type FloodKind = 'anonymous frames' | 'unthrottled sender' | 'pings' | 'polling handshakes';
export interface FloodPlan {
  kind: FloodKind;
  url: string;
  secret: string;
  room: string;
}
export interface FloodResult {
  /** Frames or requests a second that left this process. */
  perSecond: number;
  /** Connections that the server closed. */
  closed: number;
}

const AT_ONCE = 200;
/** What may wait in this process: a server that does not read shall cost it nothing. */
const MAX_BUFFERED = 65_536;
const HANDSHAKES_AT_ONCE = 50;
const USER = '1';

let flooding = false;
let sent = 0;
let closed = 0;
let since = 0;

async function start(plan: FloodPlan): Promise<void> {
  flooding = true;
  sent = closed = 0;
  since = performance.now();
  if (plan.kind === 'polling handshakes')
    for (let count = 0; count < HANDSHAKES_AT_ONCE; count += 1) void shakeHands(plan.url);
  else open(plan);
}

/** One connection that sends as fast as the system takes it, and comes back at once when it is closed. */
function open(plan: FloodPlan): void {
  const { kind, url, secret, room } = plan;
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const message = `42/chat,["send_message",{"room_id":"${room}","message":"flood"}]`;
  const send = {
    'anonymous frames': () => socket.send('42["x"]'),
    'unthrottled sender': () => socket.send(message),
    pings: () => socket.ping(),
    'polling handshakes': () => undefined,
  }[kind];
  const more = (): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!flooding) return socket.terminate();
    if (socket.bufferedAmount > MAX_BUFFERED) return void setTimeout(more, 5);
    for (let count = 0; count < AT_ONCE; count += 1) send();
    sent += AT_ONCE;
    setImmediate(more);
  };
  socket.once('message', () => {
    // Without a namespace Socket.IO closes the connection at its first event.
    const known = kind === 'unthrottled sender';
    socket.send(known ? `40/chat,${JSON.stringify({ token: token(secret, USER) })}` : '40');
    socket.once('message', more);
  });
  socket.on('error', () => undefined);
  socket.once('close', () => {
    if (!flooding) return;
    closed += 1;
    setTimeout(() => open(plan), 10);
  });
}

async function shakeHands(url: string): Promise<void> {
  while (flooding) {
    sent += 1;
    const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling`).catch(() => undefined);
    await response?.arrayBuffer().catch(() => undefined);
  }
}

function end(): FloodResult {
  flooding = false;
  return { perSecond: sent / ((performance.now() - since) / 1_000), closed };
}

answer({ start, end });
