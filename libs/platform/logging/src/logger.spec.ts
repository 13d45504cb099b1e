import { Writable } from 'node:stream';
import { createLogger, NestLogger } from './logger.js';

function capture(): { logger: NestLogger; lines: () => Record<string, unknown>[]; text: () => string } {
  let written = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  const logger = new NestLogger(createLogger({ level: 'trace', format: 'json' }, sink));
  return {
    logger,
    text: () => written,
    lines: () =>
      written
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('the log', () => {
  it('carries the fields of the line, and nothing of an earlier one', () => {
    const { logger, lines } = capture();
    logger.log({ room: 'a' }, 'one', 'RoomsService');
    logger.log('two', 'SomeService');
    logger.log('three');
    const [one, two, three] = lines();
    expect(one).toMatchObject({ msg: 'one', room: 'a', context: 'RoomsService' });
    expect(two).toMatchObject({ msg: 'two', context: 'SomeService' });
    expect(two).not.toHaveProperty('room');
    expect(two).not.toHaveProperty('err');
    expect(three).not.toHaveProperty('context');
  });

  it('tells type, sentence, code and cause of an error, and none of the values it carries', () => {
    const { logger, lines, text } = capture();
    const driver = Object.assign(new Error('duplicate key value violates unique constraint'), {
      code: '23505',
      constraint: 'messages_pkey',
      detail: 'Key (content)=(my secret words) already exists.',
      where: 'my secret words',
    });
    const failed = Object.assign(new Error('insert failed', { cause: driver }), {
      query: 'INSERT …',
      parameters: ['my secret words'],
    });
    logger.error({ err: failed, room: 'a' }, 'An event failed', 'Router');
    logger.error(failed, 'Router');
    expect(lines()[0]).toMatchObject({
      level: 50,
      msg: 'An event failed',
      room: 'a',
      err: {
        message: 'insert failed',
        stack: expect.stringContaining('logger.spec'),
        cause: { code: '23505', constraint: 'messages_pkey' },
      },
    });
    expect(text()).not.toContain('my secret words');
  });

  it('hides fields that hold secrets, should a line nest them', () => {
    const { logger, text } = capture();
    for (const place of ['body', 'payload', 'headers', 'data'])
      for (const name of ['token', 'authorization', 'cookie', 'password', 'message', 'content'])
        logger.log({ [place]: { [name]: 'my secret words' } }, 'line');
    expect(text()).toContain('[redacted]');
    expect(text()).not.toContain('my secret words');
  });
});
