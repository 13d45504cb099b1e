/* A conversation in one room, as the workspace document describes it. See README.md. */
import { io } from 'socket.io-client';

const { URL: server = 'http://localhost:3000', TOKEN: token, ROOM, PEER } = process.env;
const PATIENCE_MS = 10_000;

const print = (line) => process.stdout.write(`${line}\n`);

function end(problem) {
  socket.close();
  if (problem) process.stderr.write(`${problem}\n`);
  process.exit(problem ? 1 : 0);
}

async function rest(method, path, body) {
  const response = await fetch(server + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!answer.success) throw new Error(`${method} ${path}: ${answer.code} ${answer.error}`);
  return answer.data;
}

if (!token) {
  process.stderr.write('TOKEN is missing: a JWT of the host platform.\n');
  process.exit(1);
}
const socket = io(server, { transports: ['websocket', 'polling'] });
setTimeout(() => end(`Nothing more came within ${PATIENCE_MS} ms.`), PATIENCE_MS).unref();

/** The next payload of an event, which is printed. */
const next = (event, show) =>
  new Promise((resolve) =>
    socket.once(event, (data) => {
      print(`${event}: ${show(data)}`);
      resolve(data);
    }),
  );

for (const event of ['room_error', 'message_error', 'authentication_error', 'error'])
  socket.on(event, (error) => end(`${event}: ${error.code ?? ''} ${error.message}`));
socket.on('connect_error', (error) => end(`The server cannot be reached: ${error.message}`));
socket.on('user_typing', (data) => print(`${data.userEmail} is typing in ${data.roomId}`));
socket.on('user_online', (data) => print(`${data.userEmail} came online in ${data.roomId}`));
socket.on('user_offline', (data) => print(`${data.userEmail} went offline in ${data.roomId}`));
socket.on('room_users_update', (data) =>
  print(`online: ${data.users.map((user) => user.userEmail).join(', ')}`),
);

const newRoom = () =>
  PEER
    ? { type: 'DIRECT', participantIds: [PEER] }
    : { type: 'GROUP', name: 'Example', description: 'Made by an example', isPrivate: true };

async function converse() {
  const authenticated = next('authenticated', (data) => `as ${data.userId}`);
  socket.emit('authenticate', { token });
  await authenticated;

  const roomId = ROOM ?? (await rest('POST', '/api/chat/rooms', newRoom())).chatRoom.id;
  const joined = next('room_joined', (data) => `${data.room.type} ${data.room.name ?? data.roomId}`);
  socket.emit('join_room', { roomId });
  await joined;

  const sent = next('message_sent', (data) => data.message.content);
  const seen = next('new_message', (data) => `${data.message.sender.firstName}: ${data.message.content}`);
  socket.emit('typing_start', { roomId });
  socket.emit('send_message', { roomId, content: 'Hello, world!', type: 'TEXT' });
  const { message } = await sent;
  await seen;

  const answered = next(
    'new_message',
    (data) => `${data.message.content} (on "${data.message.replyTo.content}")`,
  );
  socket.emit('send_message', {
    roomId,
    content: 'An answer',
    type: 'FILE',
    replyToId: message.id,
    attachments: {
      files: [
        { name: 'document.pdf', url: 'https://example.com/file.pdf', size: 1024, type: 'application/pdf' },
      ],
    },
  });
  await answered;

  const path = `/api/chat/rooms/${roomId}/messages`;
  const reacted = next('reaction_updated', (data) =>
    data.reactions.map(({ emoji, count }) => `${emoji} ${count}`).join(),
  );
  await rest('POST', `${path}/${message.id}/reactions`, { emoji: '👍' });
  await reacted;
  const updated = next('message_updated', (data) => data.message.content);
  await rest('PATCH', `${path}/${message.id}`, { content: 'Hello, everyone!' });
  await updated;

  const read = next('messages_read', (data) => `all of ${data.roomId}`);
  socket.emit('mark_read', { roomId });
  await read;

  const { messages, pagination } = await rest('GET', `${path}?page=1&limit=50`);
  print(`history: ${messages.length} messages, more: ${pagination.hasMore}`);
  for (const entry of messages) print(`  ${entry.sender.firstName}: ${entry.content}`);
  const { chatRooms } = await rest('GET', '/api/chat/rooms');
  print(`rooms: ${chatRooms.length}, last message: ${chatRooms[0].lastMessage.content}`);

  const left = next('room_left', (data) => data.roomId);
  socket.emit('leave_room', { roomId });
  await left;
}

converse().then(
  () => end(),
  (error) => end(error.message),
);
