/* A support session, as the support document describes it: a customer's side, or an agent's. See README.md. */
import { io } from 'socket.io-client';

const { URL: server = 'http://localhost:3000', TOKEN: token, SESSION } = process.env;
const PATIENCE_MS = 10_000;
const SESSIONS = '/api/v1/chat/sessions';

const print = (line) => process.stdout.write(`${line}\n`);

function end(problem) {
  socket.close();
  if (problem) process.stderr.write(`${problem}\n`);
  process.exit(problem ? 1 : 0);
}

async function rest(method, path, body) {
  const isForm = body instanceof FormData;
  const response = await fetch(server + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(isForm ? {} : { 'Content-Type': 'application/json' }) },
    body: isForm ? body : body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!answer.success) throw new Error(`${method} ${path}: ${answer.code} ${answer.error}`);
  if (answer.message) print(answer.message);
  return answer.data;
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

socket.on('error', (error) => end(`error: ${error.message}`));
socket.on('connect_error', (error) => end(`The server cannot be reached: ${error.message}`));
socket.on('user_joined', (data) => print(`${data.name} (${data.role}) joined`));
socket.on('user_left', (data) => print(`the ${data.role} left`));
socket.on('user_typing', (data) => print(`${data.user_name} is typing...`));
socket.on('session_status_changed', (data) => print(`${data.session_id} is ${data.status}`));

/** An agent takes the session that is named, else the one that has waited the longest; a customer opens one. */
async function sessionToJoin(role) {
  if (role === 'customer' || role === 'client') {
    if (SESSION) return SESSION;
    const opened = await rest('POST', SESSIONS, {
      subject: 'Need help with order',
      category: 'order_issue',
      priority: 'high',
      initial_message: 'My order is delayed',
    });
    print(`session: ${opened.id}, ${opened.status}`);
    return opened.id;
  }
  const session_id = SESSION ?? (await rest('GET', `${SESSIONS}?status=waiting&limit=1`))[0]?.id;
  if (!session_id) throw new Error('Nobody waits.');
  const accepted = next('chat_accepted', (data) => `${data.agent_name} has "${data.session.subject}"`);
  socket.emit('accept_chat', { session_id });
  await accepted;
  return session_id;
}

async function talk() {
  const { user } = await next('authenticated', (data) => `${data.user.name}, ${data.user.role}`);
  const session_id = await sessionToJoin(user.role);

  const joined = next(
    'session_joined',
    (data) => `${data.messages.length} messages, ${data.participants.map(({ name }) => name).join(', ')}`,
  );
  socket.emit('join_session', { session_id });
  for (const message of (await joined).messages) print(`  ${message.sender_name}: ${message.content}`);

  socket.emit('typing', { session_id });
  const temp_id = `temp-${Date.now()}`;
  const sent = next(
    'message_sent',
    (data) => data.message_id,
    (data) => data.temp_id === temp_id,
  );
  const seen = next('new_message', ({ message }) => `${message.sender_name}: ${message.content}`);
  socket.emit('send_message', { session_id, content: 'Hello', message_type: 'text', temp_id });
  await Promise.all([sent, seen]);

  const form = new FormData();
  form.append('content', 'The receipt');
  form.append('message_type', 'file');
  form.append('attachments', new Blob(['Order 42: 1 pizza\n'], { type: 'text/plain' }), 'receipt.txt');
  const file = next(
    'new_message',
    ({ message }) => message.attachments[0].file_name,
    ({ message }) => message.attachments.length > 0,
  );
  await rest('POST', `${SESSIONS}/${session_id}/messages`, form);
  await file;

  await rest('POST', `${SESSIONS}/${session_id}/read`);
  const history = await rest('GET', `${SESSIONS}/${session_id}/messages?limit=50&offset=0`);
  print(`history: ${history.length} messages`);
  const { status, unread_count } = await rest('GET', `${SESSIONS}/${session_id}`);
  print(`session: ${status}, ${unread_count} unread`);

  if (user.role === 'customer' || user.role === 'client') {
    socket.emit('leave_session', { session_id });
    return;
  }
  const closed = next('chat_closed', (data) => `by ${data.closed_by}`);
  socket.emit('close_chat', { session_id });
  await closed;
}

talk().then(
  () => end(),
  (error) => end(error.message),
);
