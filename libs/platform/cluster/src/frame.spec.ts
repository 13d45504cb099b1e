import { decodeFrame, encodeFrame } from './frame.js';

describe('frames between servers', () => {
  it('carry any channel and any bytes', () => {
    const payload = Buffer.from([0, 10, 255, 10, 13]);
    const channel = 'io#/chat#user:a b\nß#';
    expect(decodeFrame(encodeFrame('message', 'node-1', 42, channel, payload))).toEqual({
      kind: 'message',
      from: 'node-1',
      n: 42,
      channel,
      payload,
    });
  });

  it.each(['', 'message', 'message a b 0\n', 'shout a 1 0\n', 'message a 1 x\n', 'message  1 0\n'])(
    'are nothing else: %j',
    (text) => expect(decodeFrame(Buffer.from(text))).toBeUndefined(),
  );
});
