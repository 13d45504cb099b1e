import type { DomainError } from '#libs/platform/errors';
import { toDto } from '#libs/platform/validation';
import { AddParticipantsDto, BanDto, MuteDto } from './participants.dto.js';
import { CreateRoomDto, isDepartment, UpdateRoomDto } from './rooms.dto.js';

const detailsOf = (type: new () => object, value: unknown): readonly object[] => {
  try {
    toDto(type, value);
    return [];
  } catch (error) {
    return (error as DomainError).details;
  }
};

describe('what changes rooms and the people in them', () => {
  it('changes something', () => {
    expect(detailsOf(UpdateRoomDto, {})).toEqual([{ field: '(payload)', message: 'must change something' }]);
    expect(detailsOf(UpdateRoomDto, { subject: null })).toEqual([]);
  });

  it('ends in the future, or with null for a mute alone', () => {
    const past = { until: '2020-01-01T00:00:00Z' };
    for (const type of [MuteDto, BanDto])
      expect(detailsOf(type, past)).toEqual([{ field: 'until', message: 'must lie in the future' }]);
    expect(toDto(MuteDto, { until: null })).toEqual({ until: null });
    expect(detailsOf(BanDto, { until: null })).toHaveLength(1);
  });

  it('names people', () => {
    expect(detailsOf(AddParticipantsDto, { user_ids: [] })).toEqual([
      { field: 'user_ids', message: 'must name at least one person' },
    ]);
    expect(toDto(CreateRoomDto, { type: 'direct' }).participant_ids).toEqual([]);
  });

  it('judges a department of a new room as one that is entered', () => {
    for (const department of ['billing', 'a-b_1', '', 'Billing', '-a', 'a'.repeat(64)])
      expect([department, detailsOf(CreateRoomDto, { type: 'internal', department }).length === 0]).toEqual([
        department,
        isDepartment(department),
      ]);
  });
});
