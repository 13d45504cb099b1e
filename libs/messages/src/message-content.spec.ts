import { sendMessageBody, type SendMessageBody } from './dto/messages.dto.js';
import { clientKeyOf, toContent } from './message-content.js';

const body = (fields: Record<string, unknown>): SendMessageBody => sendMessageBody.parse(fields);

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
});
