/* A conversation in a service room, as the service document describes it. See README.md. */
import { io } from 'socket.io-client';

const { URL: server = 'http://localhost:3000', TOKEN: token, ROOM: room_id = 'service_789' } = process.env;
const PATIENCE_MS = 10_000;
const print = (line) => process.stdout.write(`${line}\n`);

if (!token) {
  process.stderr.write('TOKEN is missing: a JWT of the host platform.\n');
  process.exit(1);
}
const socket = io(`${server}/chat`, { auth: { token }, transports: ['websocket', 'polling'] });

function end(problem) {
  socket.close();
  if (problem) process.stderr.write(`${problem}\n`);
  process.exit(problem ? 1 : 0);
}
setTimeout(() => end(`Nothing more came within ${PATIENCE_MS} ms.`), PATIENCE_MS).unref();

/** The next payload of an event, which is printed. */
const next = (event, show) =>
  new Promise((resolve) =>
    socket.once(event, (data) => {
      print(`${event}: ${show(data)}`);
      resolve(data);
    }),
  );

socket.on('connect_error', (error) => end(`connect_error: ${error.message}`));
socket.on('message_error', (error) => end(`message_error: ${error.error_code} ${error.message}`));
socket.on('user_typing', (data) => print(`${data.user.name} is typing...`));
socket.on('user_online', (data) => print(`${data.user.name} is now online`));

async function converse() {
  const joined = next('room_joined', (data) => `${data.room_id}, ${data.participants.length} participants`);
  socket.emit('join_room', { room_id });
  await joined;

  socket.emit('typing_start', { room_id });
  const seen = next('new_message', (data) => `${data.sender.name}: ${data.message}`);
  socket.emit('send_message', { room_id, message: 'Hello from JavaScript!', message_type: 'text' });
  const { id } = await seen;

  const reaction = next('message_reaction', (data) => `${data.user.name} ${data.reaction}`);
  socket.emit('react_to_message', { message_id: id, reaction: '👍' });
  await reaction;

  const online = next('online_users', (data) => data.users.map((user) => user.name).join(', '));
  socket.emit('get_online_users', { room_id });
  await online;

  const response = await fetch(`${server}/api/v1/chat/rooms/${room_id}/messages?page=1&per_page=20`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const { data } = await response.json();
  print(`history: ${data.messages.length} of ${data.pagination.total}`);
  for (const message of data.messages) print(`  ${message.sender.name}: ${message.message}`);
}

converse().then(
  () => end(),
  (error) => end(error.message),
);
