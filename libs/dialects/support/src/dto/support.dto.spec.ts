import { DomainError } from '#libs/platform/errors';
import { toDto } from '#libs/platform/validation';
import {
  SupportCreateSessionDto,
  SupportMessageFormDto,
  SupportSendMessageDto,
  SupportSessionsQueryDto,
} from './support.dto.js';

const USUAL = { limit: 50, offset: 0 };

function faultsOf(type: new () => object, value: unknown): unknown[] {
  try {
    toDto(type, value);
    return [];
  } catch (error) {
    return error instanceof DomainError ? [...error.details] : [error];
  }
}

describe('input of the support contract', () => {
  it('shows what waits or is active where no status is named, or an empty one', () => {
    const open = { status: ['waiting', 'active'], ...USUAL };
    for (const query of [{}, { status: '' }, { status: ['', ' , '] }])
      expect(toDto(SupportSessionsQueryDto, query)).toEqual(open);
    expect(toDto(SupportSessionsQueryDto, { status: 'closed, active' }).status).toEqual(['closed', 'active']);
  });

  it('names a wrong status by its place in the list', () => {
    expect(faultsOf(SupportSessionsQueryDto, { status: 'active,gone' })).toEqual([
      { field: 'status.1', message: 'must be of waiting, active, resolved, closed' },
    ]);
  });

  it('reads medium as normal', () => {
    const session = { subject: 'Help' };
    expect(toDto(SupportCreateSessionDto, { ...session, priority: 'medium' }).priority).toBe('normal');
    expect(toDto(SupportCreateSessionDto, { ...session, priority: null }).priority).toBeNull();
  });

  it('is text in JSON unless told, and follows from the files in a form', () => {
    expect(toDto(SupportSendMessageDto, {})).toEqual({ content: '', message_type: 'text' });
    expect(toDto(SupportMessageFormDto, {})).toEqual({ content: '' });
  });

  it('names a file id that is too long by its place, in JSON and in a form', () => {
    const ids = ['a', 'b'.repeat(201)];
    const fault = [{ field: 'attachment_ids.1', message: 'must have at most 200 characters' }];
    expect(faultsOf(SupportSendMessageDto, { attachment_ids: ids })).toEqual(fault);
    expect(faultsOf(SupportMessageFormDto, { attachment_ids: ids.join(',') })).toEqual(fault);
  });
});
