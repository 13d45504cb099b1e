/* A conversation between a provider and a customer, as the marketplace document describes it. See README.md. */
import { io } from 'socket.io-client';

const {
  URL: server = 'http://localhost:3000',
  TOKEN: token,
  USER_ID,
  PROVIDER,
  CUSTOMER,
  ORDER,
} = process.env;
const PATIENCE_MS = 10_000;
const BASE = '/api/provider-customer-chat';

const print = (line) => process.stdout.write(`${line}\n`);

if (!token || !USER_ID || !(PROVIDER || CUSTOMER)) {
  process.stderr.write('TOKEN, USER_ID and one of PROVIDER and CUSTOMER are needed.\n');
  process.exit(1);
}

function end(problem) {
  socket.close();
  if (problem) process.stderr.write(`${problem}\n`);
  process.exit(problem ? 1 : 0);
}

async function rest(method, path, body) {
  const response = await fetch(server + BASE + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!answer.success) throw new Error(`${method} ${path}: ${answer.code} ${answer.error}`);
  return answer.data;
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

socket.on('chat-error', (error) => end(`chat-error: ${error.code} ${error.message}`));
socket.on('connect_error', (error) => end(`The server cannot be reached: ${error.message}`));
socket.on('chat-user-typing', (data) =>
  print(`${data.userId} ${data.isTyping ? 'is typing' : 'stopped typing'}`),
);
socket.on('chat-user-online', (data) => print(`${data.userId} came online`));
socket.on('chat-user-offline', (data) => print(`${data.userId} went offline`));
socket.on('chat-message-status-updated', (data) => print(`${data.messageId} is ${data.status}`));

async function converse() {
  const authenticated = next('chat-authenticated', (data) => `as ${data.userId}`);
  socket.emit('chat-authenticate', { userId: USER_ID, token });
  await authenticated;

  const conversation = await rest('POST', '/conversations', {
    providerId: PROVIDER ?? USER_ID,
    customerId: CUSTOMER ?? USER_ID,
    orderId: ORDER,
  });
  const conversationId = conversation.id;
  print(
    `conversation: ${conversation.status}, order ${conversation.orderId}, ${conversation.unreadCount} unread`,
  );

  const joined = next('chat-joined-conversation', (data) => data.conversationId);
  socket.emit('chat-join-conversation', { conversationId });
  await joined;

  const path = `/conversations/${conversationId}`;
  const before = await rest('GET', `${path}/messages?page=1&limit=50`);
  for (const message of before.messages) print(`  ${message.sender.name}: ${message.content}`);
  await rest('PATCH', `${path}/read`);

  socket.emit('chat-typing', { conversationId, isTyping: true });
  const sent = next('chat-new-message', ({ message }) => `${message.content} (${message.status})`);
  socket.emit('chat-send-message', {
    conversationId,
    content: 'Hello, how can I help you?',
    messageType: 'TEXT',
  });
  await sent;

  const { users } = await rest('GET', '/online-users');
  const { typingUsers } = await rest('GET', `${path}/typing`);
  print(`online: ${users.length}, typing: ${typingUsers.length}`);
  const { messages } = await rest('GET', `${path}/messages`);
  for (const message of messages) print(`history: ${message.content} (${message.status})`);
  const { conversations } = await rest('GET', '/conversations');
  print(`conversations: ${conversations.length}, ${conversations[0].unreadCount} unread in the newest`);

  const left = next('chat-left-conversation', (data) => data.conversationId);
  socket.emit('chat-leave-conversation', { conversationId });
  await left;
}

converse().then(
  () => end(),
  (error) => end(error.message),
);
