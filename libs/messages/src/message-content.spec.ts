import { toDto } from '#libs/platform/validation';
import { SendMessageDto } from './dto/messages.dto.js';
import { clientKeyOf, toContent } from './message-content.js';

const body = (fields: Record<string, unknown>): SendMessageDto => toDto(SendMessageDto, fields);

describe('clientKeyOf', () => {
  const key = (fields: Record<string, unknown>, id = 'c1'): string => {
    const parsed = body(fields);
    return clientKeyOf(id, toContent(parsed, 2_000), parsed.attachments ?? []);
  };
  const place = { message_type: 'location', message: 'Here', metadata: { latitude: 1, longitude: 2 } };
  const photo = { message_type: 'image', message: 'Look', attachments: [{ file_id: 'a' }, { file_id: 'b' }] };

  it.each([[{ message: 'Hi' }], [place], [photo]])('is the same for a repeat of %j', (fields) => {
    expect(key(fields)).toBe(key(structuredClone(fields)));
  });

  it('is the same whatever is said beside the content', () => {
    expect(key({ message: 'Hi', metadata: { tries: 2 } })).toBe(key({ message: 'Hi' }));
  });

  it('differs with the id, the type, the text, the place and the files', () => {
    const keys = [
      key({ message: 'Hi' }),
      key({ message: 'Hi' }, 'c2'),
      key({ message: 'Hi!' }),
      key({ message: 'Hi', message_type: 'file' }),
      key(place),
      key({ ...place, metadata: { latitude: 1, longitude: 3 } }),
      key(photo),
      key({ ...photo, attachments: [{ file_id: 'a' }] }),
      key({ ...photo, attachments: undefined }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('cannot be forged by moving text between id and content', () => {
    expect(key({ message: 'b' }, 'a","text')).not.toBe(key({ message: 'text","b' }, 'a'));
  });
});

describe('toContent', () => {
  it('keeps text as written, and counts it as people do', () => {
    expect(toContent(body({ message: ' 👍🏽\n' }), 4)).toEqual({
      type: 'text',
      content: ' 👍🏽\n',
      metadata: {},
    });
    expect(() => toContent(body({ message: ' 👍🏽\n' }), 3)).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LONG', details: [{ max_length: 3, current_length: 4 }] }),
    );
  });

  it('makes a text of coordinates that came without one', () => {
    const { content, metadata } = toContent(
      body({ message_type: 'location', metadata: { lat: -1.5, lng: 2, label: 'Home' } }),
      2_000,
    );
    expect(content).toBe('-1.5, 2');
    expect(metadata).toMatchObject({ latitude: -1.5, longitude: 2, label: 'Home' });
  });

  const place = (fields: Record<string, unknown>, placeless?: boolean) =>
    toContent({ ...body({ message_type: 'location', ...fields }), placeless }, 2_000);

  it.each([
    ['numeric texts', { message: 'Here', metadata: { lat: '52.52', lng: ' 13.405 ' } }],
    ['text', { message: '52.520,13.405' }],
    ['JSON', { message: '{"latitude":52.52,"longitude":13.405}' }],
    ['JSON by short names', { message: ' {"lat":"52.52","lng":13.405,"label":"Home"}' }],
    ['JSON, nested', { message: '{"location":{"lat":52.52,"lng":13.405}}' }],
    ['the metadata before the text', { message: '1, 2', metadata: { latitude: 52.52, longitude: 13.405 } }],
    ['the first that there can be', { message: '52.52, 13.405', metadata: { lat: 100, lng: 0 } }],
  ])('reads coordinates from %s, and keeps the text', (_form, fields) => {
    expect(place(fields)).toMatchObject({
      type: 'location',
      content: fields.message,
      metadata: { latitude: 52.52, longitude: 13.405 },
    });
  });

  it.each([
    ['words', { message: 'Alexanderplatz, Berlin' }],
    ['half', { message: 'Here', metadata: { latitude: 1 } }],
    ['no numbers', { message: 'Here', metadata: { latitude: 'north', longitude: '' } }],
    ['JSON of something else', { message: '{"address":"Berlin"}' }],
    ['broken JSON', { message: '{"lat":1,' }],
    ['a list', { message: '[1, 2]' }],
  ])('a location of %s has no coordinates, where it may be so', (_what, fields) => {
    const { message, metadata = {} } = fields as { message: string; metadata?: Record<string, unknown> };
    expect(place(fields, true)).toEqual({ type: 'location', content: message, metadata });
    expect(() => place(fields)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
  });

  it.each([
    [{ message: '91, 0' }],
    [{ message: '0, 1000' }],
    [{ message: '{"lat":0,"lng":-180.5}' }],
    [{ message: 'Here', metadata: { latitude: '90.1', longitude: 0 } }],
    [{ message: '' }],
  ])('a location of %j is refused, whoever asks', (fields) => {
    expect(() => place(fields, true)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
  });
});
