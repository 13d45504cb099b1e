import { toDto } from '#libs/platform/validation';
import { RoomUploadFormDto, UploadFormDto } from './upload-form.dto.js';

const read = (fields: Record<string, string>) => ({ ...toDto(UploadFormDto, fields) });

describe('UploadFormDto', () => {
  it.each([
    ['12.5', 12.5],
    ['0', 0],
    ['86400', 86_400],
  ])('reads the duration %s', (duration, seconds) => {
    expect(read({ duration })).toEqual({ duration: seconds });
  });

  it.each(['', ' ', 'soon', '-1', '86401', 'Infinity', 'NaN'])('leaves out the duration %j', (duration) => {
    expect(read({ duration })).toEqual({});
  });

  it('takes fields that were left empty for left out, and drops others', () => {
    expect(read({ room_id: '', session_id: ' ', description: '', file: 'x', other: 'x' })).toEqual({});
    expect(read({ session_id: 'service_1', description: ' Front ' })).toEqual({
      session_id: 'service_1',
      description: 'Front',
    });
  });

  it('wants a room for the field file', () => {
    const message = 'must name the room that the file is for';
    for (const fields of [{}, { room_id: '' }, { session_id: 'service_1' }])
      expect(() => toDto(RoomUploadFormDto, fields)).toThrow(
        expect.objectContaining({ details: [{ field: 'room_id', message }] }),
      );
    expect({ ...toDto(RoomUploadFormDto, { room_id: 'service_1' }) }).toEqual({ room_id: 'service_1' });
  });
});
