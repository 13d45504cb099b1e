import { readableContent } from './readable-content.js';

const message = (type: 'text' | 'location' | 'voice' | 'video', content: string, metadata = {}) => ({
  type,
  content,
  metadata,
  deletedAt: null,
});

describe('readableContent', () => {
  it('leaves what is readable as it is', () => {
    expect(readableContent(message('text', 'Hello'))).toBe('Hello');
    expect(readableContent(message('voice', 'See you at the gate'))).toBe('See you at the gate');
  });

  it('names the coordinates of a location, once', () => {
    const where = { latitude: 52.52, longitude: 13.4 };
    expect(readableContent(message('location', 'At the gate', where))).toBe('At the gate (52.52, 13.4)');
    expect(readableContent(message('location', '52.52, 13.4', where))).toBe('52.52, 13.4');
  });

  it('names coordinates that were sent as JSON or in another form only once, and leaves words that have none', () => {
    const where = { latitude: 52.52, longitude: 13.4 };
    const json = (fields: object) => message('location', JSON.stringify(fields), where);
    expect(readableContent(message('location', '52.520,13.40', where))).toBe('52.520,13.40');
    expect(readableContent(json(where))).toBe('52.52, 13.4');
    expect(readableContent(json({ lat: '52.52', lng: 13.4 }))).toBe('52.52, 13.4');
    expect(readableContent(json({ ...where, label: 'Gate' }))).toContain('Gate');
    expect(readableContent(message('location', 'Alexanderplatz'))).toBe('Alexanderplatz');
    expect(readableContent(message('location', 'Half', { latitude: 1 }))).toBe('Half');
  });

  it('says what a recording without words is', () => {
    expect(readableContent(message('voice', ''))).toBe('Voice message');
    expect(readableContent(message('video', ' '))).toBe('Video');
  });

  it('has nothing to say of a deleted message', () => {
    expect(readableContent({ ...message('location', '', {}), deletedAt: new Date() })).toBe('');
  });
});
