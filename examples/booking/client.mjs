/* A talk in one chat session, as the booking document describes it. See README.md. */
import { io } from 'socket.io-client';

const { URL: server = 'http://localhost:3000', TOKEN: token, SESSION, BOOKING, PEER } = process.env;
const PATIENCE_MS = 10_000;

const print = (line) => process.stdout.write(`${line}\n`);

function complain(problem) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

/** The process ends by itself once the connection is closed in good order. */
function end(problem) {
  if (problem) complain(problem);
  socket.close();
}

async function call(method, path, body) {
  const isForm = body instanceof FormData;
  const response = await fetch(server + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(isForm ? {} : { 'Content-Type': 'application/json' }) },
    body: isForm ? body : body && JSON.stringify(body),
  });
  const result = await response.json();
  if (!result.success)
    throw new Error(`${method} ${path}: ${result.code} ${result.error} ${result.details.join('; ')}`);
  if (result.message) print(result.message);
  return result.data;
}

if (!token) {
  process.stderr.write('TOKEN is missing: a JWT of the host platform.\n');
  process.exit(1);
}
const socket = io(server, { auth: { token } });
setTimeout(() => end(`Nothing more came within ${PATIENCE_MS} ms.`), PATIENCE_MS).unref();

/** The next payload of an event that the condition accepts, printed. */
const next = (event, show, accepts = () => true) =>
  new Promise((resolve) => {
    const listen = (data) => {
      if (!accepts(data)) return;
      socket.off(event, listen);
      print(`${event}: ${show(data)}`);
      resolve(data);
    };
    socket.on(event, listen);
  });

// After this the server closes the connection.
socket.on('auth_error', (error) => complain(`auth_error: ${error.message}`));
socket.on('error', (error) => end(`error: ${error.code} ${error.message}`));
socket.on('connect_error', (error) => end(`The server cannot be reached: ${error.message}`));
socket.on('user_joined', (data) => print(`${data.user_name} joined the chat`));
socket.on('user_left', (data) => print(`${data.user_name} left the chat`));
socket.on('user_typing', (data) =>
  print(data.is_typing ? `${data.user_name} is typing...` : `${data.user_name} stopped typing`),
);

async function sessionId() {
  if (SESSION) return SESSION;
  if (BOOKING) return (await call('POST', '/api/chat/sessions', { booking_id: BOOKING })).id;
  if (PEER)
    return (await call('POST', '/api/chat/sessions', { participant_ids: [PEER], session_type: 'general' }))
      .id;
  return (await call('POST', '/api/chat/sessions', { session_type: 'support' })).id;
}

/** A second of silence: what a recorder would have made. */
function recording() {
  const samples = 8_000;
  const wav = new DataView(new ArrayBuffer(44 + samples));
  const text = (at, value) => [...value].forEach((c, index) => wav.setUint8(at + index, c.charCodeAt(0)));
  text(0, 'RIFF');
  wav.setUint32(4, 36 + samples, true);
  text(8, 'WAVEfmt ');
  wav.setUint32(16, 16, true);
  wav.setUint16(20, 1, true);
  wav.setUint16(22, 1, true);
  wav.setUint32(24, samples, true);
  wav.setUint32(28, samples, true);
  wav.setUint16(32, 1, true);
  wav.setUint16(34, 8, true);
  text(36, 'data');
  wav.setUint32(40, samples, true);
  new Uint8Array(wav.buffer, 44).fill(128);
  return new Blob([wav.buffer], { type: 'audio/wav' });
}

async function talk() {
  await next('authenticated', (data) => `${data.user.name}, ${data.user.role}`);
  const session_id = await sessionId();
  const session = await call('GET', `/api/chat/sessions/${session_id}`);
  const people = session.participant_profiles.map((profile) => `${profile.first_name} (${profile.role})`);
  print(`session: ${session.session_type}, ${session.status}, with ${people.join(', ')}`);

  const joined = next('chat_joined', (data) => data.session_id);
  socket.emit('join_chat', { session_id });
  await joined;

  socket.emit('typing_start');
  const seen = next('new_message', (message) => `${message.sender.name}: ${message.content}`);
  const sent = next('message_sent', (data) => data.message_id);
  const content = 'Hello, I need help with my reading';
  const message = await call('POST', '/api/chat/messages', { session_id, content, type: 'text' });
  socket.emit('send_message', { session_id, message });
  await Promise.all([seen, sent]);

  const reacted = next(
    'message_reaction_update',
    (data) => `${data.user_name} reacted with ${data.reaction}`,
  );
  socket.emit('message_reaction', { message_id: message.id, reaction: '❤️', session_id });
  await reacted;

  const heard = next(
    'new_message',
    (note) =>
      `${note.sender.name}: ${note.content}, ${note.metadata.duration} s of ${note.metadata.audio_format}`,
    (note) => note.type === 'voice',
  );
  const form = new FormData();
  form.append('voice_note', recording(), 'voice_note.wav');
  form.append('session_id', session_id);
  form.append('duration', '1');
  await call('POST', '/api/chat/voice-notes', form);
  await heard;

  const { messages, has_more } = await call('GET', `/api/chat/messages?session_id=${session_id}&limit=50`);
  print(`history: ${messages.length} messages, more: ${has_more}`);
  for (const entry of messages) print(`  ${entry.profiles.first_name}: ${entry.content}`);
  for (const entry of messages.filter(
    ({ is_read, sender_id }) => !is_read && sender_id !== message.sender_id,
  ))
    await call('PUT', `/api/chat/messages/${entry.id}/read`);

  const { sessions, pagination } = await call('GET', '/api/chat/sessions?page=1&limit=20&status=active');
  print(`sessions: ${pagination.total}, ${sessions[0].unread_count} unread in the newest`);
}

talk().then(
  () => end(),
  (error) => end(error.message),
);
