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

  it('says what a recording without words is', () => {
    expect(readableContent(message('voice', ''))).toBe('Voice message');
    expect(readableContent(message('video', ' '))).toBe('Video');
  });

  it('has nothing to say of a deleted message', () => {
    expect(readableContent({ ...message('location', '', {}), deletedAt: new Date() })).toBe('');
  });
});
