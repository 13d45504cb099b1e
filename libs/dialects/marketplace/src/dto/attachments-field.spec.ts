import { toDto } from '#libs/platform/validation';
import { MarketplaceSendMessageDto } from './marketplace.dto.js';

const sent = (attachments: unknown): unknown => toDto(MarketplaceSendMessageDto, { attachments }).attachments;
const REST = '{"attachments":[""]}'.length;

describe('attachments of a message', () => {
  it.each([[[]], [[1, { name: 'a.png' }]], [{}], [{ files: ['a.png'] }], [null], [undefined]])(
    'are a list or an object of any form, or nothing: %j',
    (attachments) => expect(sent(attachments)).toEqual(attachments),
  );

  it.each(['a.png', '', 7, true])('are nothing else: %j', (attachments) =>
    expect(() => sent(attachments)).toThrow('attachments: must be a list or an object'),
  );

  it('have at most 8 kB, with the name that they are stored under', () => {
    const most = 'x'.repeat(8_192 - REST);
    expect(sent([most])).toEqual([most]);
    expect(() => sent([`${most}x`])).toThrow('attachments: must not exceed 8 kB as JSON');
  });
});
