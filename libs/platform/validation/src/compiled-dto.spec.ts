import {
  validateSync,
  IsEmail,
  IsOptional,
  Length,
  Min,
  ValidateIf,
  type ValidationError,
} from 'class-validator';
import { plainToInstance, Type } from 'class-transformer';
import fc from 'fast-check';
import { ChangesSomething, Holds, OtherwiseEmpty } from './class-rules.js';
import { CompiledValidationPipe } from './compiled-validation.pipe.js';
import { compiledDto, isDto } from './compiled-dto.js';
import {
  Anything,
  Flag,
  HostId,
  HostIds,
  Integer,
  IsoDate,
  IsoDateEnd,
  Metadata,
  Nested,
  NestedList,
  OneOf,
  PageQueryDto,
  QueryFlag,
  QueryInteger,
  QueryList,
  RawText,
  Text,
} from './fields.decorators.js';
import { enumeration } from './kinds.js';
import { toDto } from './to-dto.js';

const colours = enumeration('Colour', ['red', 'blue']);

class FileDto {
  @RawText({ max: 10 }) file_id!: string;
}
class BaseDto {
  @Text({ max: 5 }) name!: string;
  @OneOf(colours, { default: 'red' }) colour!: string;
}
class ThingDto extends BaseDto {
  @HostId({ optional: true }) id?: string;
  @HostIds({ optional: true, max: 2 }) ids?: string[];
  @Integer({ min: 0, max: 9, optional: true, nullable: true }) count?: number | null;
  @Flag({ default: false }) flag!: boolean;
  @Metadata({ optional: true }) metadata?: Record<string, unknown>;
  @NestedList(() => FileDto, { optional: true, max: 2 }) files?: FileDto[];
  @Nested(() => FileDto, { optional: true }) file?: FileDto;
}
class QueryDto extends PageQueryDto {
  @QueryFlag({ optional: true }) flag?: boolean;
  @IsoDate({ optional: true }) from?: Date;
  @IsoDateEnd({ optional: true }) to?: Date;
  @QueryList({ max: 3, of: colours, optional: true }) colours?: string[];
  @QueryInteger({ min: 0, max: 9, optional: true }) after?: number;
}

const faultsOf = (type: new () => object, value: unknown): unknown => {
  try {
    return toDto(type, value);
  } catch (error) {
    return (error as { details: unknown }).details;
  }
};

describe('a compiled DTO', () => {
  it('reads what it declares, with defaults, and drops what it does not', () => {
    const dto = toDto(ThingDto, {
      name: ' a ',
      id: 7,
      ids: [1, ' b '],
      unknown: 1,
      files: [{ file_id: 'f', x: 1 }],
    });
    expect(dto).toBeInstanceOf(ThingDto);
    expect({ ...dto }).toEqual({
      name: 'a',
      colour: 'red',
      id: '7',
      ids: ['1', 'b'],
      flag: false,
      files: [{ file_id: 'f' }],
    });
    // What was left out is not there: services tell it from what was given.
    expect(Object.keys(dto)).not.toContain('count');
    expect(toDto(ThingDto, { name: 'a', count: null }).count).toBeNull();
  });

  it('keeps a field of which nothing is asked', () => {
    class OpenDto {
      @Anything() value!: unknown;
    }
    for (const value of [1, 'x', null, [1], { a: 1 }]) expect(toDto(OpenDto, { value }).value).toEqual(value);
  });

  it('does not share a default between two payloads', () => {
    class ListDto {
      @HostIds({ default: [] }) ids!: string[];
    }
    toDto(ListDto, {}).ids.push('x');
    expect(toDto(ListDto, {}).ids).toEqual([]);
  });

  it.each<[string, unknown, unknown]>([
    ['text', 'x', [{ field: '(payload)', message: 'must be an object' }]],
    ['a list', [], [{ field: '(payload)', message: 'must be an object' }]],
    ['null', null, [{ field: '(payload)', message: 'must be an object' }]],
    ['nothing', undefined, [{ field: 'name', message: 'must be text' }]],
    ['a blank text', { name: ' ' }, [{ field: 'name', message: 'must not be empty' }]],
    ['a long text', { name: '123456' }, [{ field: 'name', message: 'must have at most 5 characters' }]],
    [
      'every wrong field, once',
      { name: 1, colour: 'green', id: {} },
      [
        { field: 'name', message: 'must be text' },
        { field: 'colour', message: 'must be one of red, blue' },
        { field: 'id', message: 'must be an id (string or whole number)' },
      ],
    ],
    ['null where it is only optional', { name: 'a', id: null }, [expect.objectContaining({ field: 'id' })]],
    ['an entry of a list', { name: 'a', ids: ['x', -1] }, [expect.objectContaining({ field: 'ids.1' })]],
    ['a list that is none', { name: 'a', ids: 'x' }, [{ field: 'ids', message: 'must be a list' }]],
    [
      'a long list',
      { name: 'a', ids: [1, 2, 3] },
      [{ field: 'ids', message: 'must have at most 2 entries' }],
    ],
    [
      'a field of an object in a list',
      { name: 'a', files: [{ file_id: 'x' }, {}] },
      [{ field: 'files.1.file_id', message: 'must be text' }],
    ],
    ['an object that is none', { name: 'a', file: 'x' }, [{ field: 'file', message: 'must be an object' }]],
    [
      'an entry that is no object',
      { name: 'a', files: [1] },
      [{ field: 'files.0', message: 'must be an object' }],
    ],
    ['half a number', { name: 'a', count: 1.5 }, [{ field: 'count', message: 'must be a whole number' }]],
    [
      'a number that is too large',
      { name: 'a', count: 10 },
      [{ field: 'count', message: 'must be at most 9' }],
    ],
  ])('refuses %s, naming the field', (_name, value, details) =>
    expect(faultsOf(ThingDto, value)).toEqual(details),
  );

  it('emoji count as one character each', () =>
    expect(toDto(ThingDto, { name: '😀😀😀😀😀' }).name).toHaveLength(10));

  it('reads queries, where everything is text', () => {
    const query = {
      page: '2',
      flag: '0',
      from: '2024-01-15',
      to: '2024-01-15',
      colours: 'red, blue,',
      after: '3',
    };
    expect({ ...toDto(QueryDto, query) }).toEqual({
      page: 2,
      per_page: 50,
      flag: false,
      from: new Date('2024-01-15T00:00:00Z'),
      to: new Date('2024-01-16T00:00:00Z'),
      colours: ['red', 'blue'],
      after: 3,
    });
    expect(
      faultsOf(QueryDto, { page: '0', per_page: 'x', flag: 'yes', from: 'soon', colours: 'green' }),
    ).toEqual([
      { field: 'page', message: 'must be at least 1' },
      { field: 'per_page', message: 'must be a whole number' },
      { field: 'flag', message: 'must be true or false' },
      { field: 'from', message: 'must be an ISO 8601 date such as 2024-01-15T14:30:00Z' },
      { field: 'colours', message: 'must be of red, blue' },
    ]);
  });

  it('judges the whole by rules of the class', () => {
    @ChangesSomething()
    class ChangeDto {
      @Text({ max: 5, optional: true }) name?: string;
    }
    @Holds({ holds: ({ a, b }) => a !== b, message: 'must differ from a', field: 'b' })
    class TwoDto {
      @RawText({ max: 5 }) a!: string;
      @RawText({ max: 5 }) b!: string;
    }
    expect(faultsOf(ChangeDto, { other: 1 })).toEqual([
      { field: '(payload)', message: 'must change something' },
    ]);
    expect(faultsOf(TwoDto, { a: 'x', b: 'x' })).toEqual([{ field: 'b', message: 'must differ from a' }]);
  });

  it('takes what is no object for nothing where the class says so', () => {
    @OtherwiseEmpty()
    class ClaimDto {
      @RawText({ max: 5, optional: true }) token?: string;
    }
    for (const value of ['x', 7, null, [1]]) expect({ ...toDto(ClaimDto, value) }).toEqual({});
  });

  it("understands class-validator's and class-transformer's own decorators", () => {
    class InnerDto {
      @Min(3) size!: number;
    }
    class StockDto {
      @IsEmail() email!: string;
      @IsOptional() @Length(2, 3) code?: string;
      @ValidateIf((_, value) => value !== undefined)
      @Type(() => InnerDto)
      @Nested(() => InnerDto)
      inner?: InnerDto;
    }
    expect({ ...toDto(StockDto, { email: 'a@example.com', code: null }) }).toEqual({
      email: 'a@example.com',
      code: null,
    });
    expect(faultsOf(StockDto, { email: 'a', code: 'x', inner: { size: 1 } })).toEqual([
      { field: 'email', message: 'must be an email' },
      { field: 'code', message: 'must be longer than or equal to 2 characters' },
      { field: 'inner.size', message: 'must not be less than 3' },
    ]);
  });

  it('refuses at the start what it cannot compile', () => {
    class GroupedDto {
      @Length(1, 2, { groups: ['a'] }) text!: string;
    }
    expect(() => compiledDto(GroupedDto)).toThrow('GroupedDto.text: validation groups are not supported');
  });

  it("agrees with class-validator's own walk on what is right and what is wrong", () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      fc.array(fc.string()),
      fc.object(),
    );
    const payload = fc.record(
      {
        name: fc.oneof(fc.string({ maxLength: 6 }), value),
        id: value,
        ids: value,
        count: value,
        flag: value,
        files: value,
        file: value,
      },
      { requiredKeys: [] },
    );
    const names = (errors: ValidationError[]): string[] => errors.map(({ property }) => property).sort();
    fc.assert(
      fc.property(payload, (input) => {
        const theirs = plainToInstance(ThingDto, { colour: 'red', flag: false, ...input });
        const details = faultsOf(ThingDto, input);
        const ours = Array.isArray(details)
          ? details.map(({ field }: { field: string }) => field.split('.')[0])
          : [];
        expect([...new Set(ours)].sort()).toEqual(
          names(validateSync(theirs, { whitelist: true, stopAtFirstError: true })),
        );
      }),
    );
  });
});

describe('the pipe', () => {
  const pipe = new CompiledValidationPipe();

  it('checks DTO classes, at once, and leaves everything else', () => {
    const body = { metatype: ThingDto, type: 'body' } as const;
    expect(pipe.transform({ name: 'a' }, body)).toBeInstanceOf(ThingDto);
    expect(() => pipe.transform({ name: 'a\u0000' }, body) as unknown).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR' }),
    );
    for (const metatype of [String, Object, Number, undefined])
      expect(pipe.transform('x', { metatype, type: 'param' })).toBe('x');
    expect(pipe.transform('x', { metatype: ThingDto, type: 'custom' })).toBe('x');
  });

  it('knows a DTO by its validators', () => {
    expect(isDto(ThingDto)).toBe(true);
    expect(isDto(class Plain {})).toBe(false);
    expect(isDto(undefined)).toBe(false);
  });
});
