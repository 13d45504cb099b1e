import { Body, Query } from '@nestjs/common';
import { Text } from '#libs/platform/validation';
import { Endpoint } from './endpoint.js';
import { argumentClass } from './route-arguments.js';

class NameDto {
  @Text({ max: 5 }) name!: string;
}
const OPTIONS = { access: 'authenticated', summary: 'Of the spec', response: null } as const;

describe('what a route takes', () => {
  it('is the DTO class of its whole body or query, not of a part of it', () => {
    class Taking {
      both(@Body() _body: NameDto, @Query() _query: NameDto) {}
      part(@Body('name') _name: string, @Query('page') _page: unknown) {}
    }
    expect(argumentClass(Taking.prototype, 'both', 'body')).toBe(NameDto);
    expect(argumentClass(Taking.prototype, 'both', 'query')).toBe(NameDto);
    expect(argumentClass(Taking.prototype, 'part', 'body')).toBeUndefined();
    expect(argumentClass(Taking.prototype, 'part', 'query')).toBeUndefined();
  });

  it('is nothing where a compiler leaves no types, as of a command line that only reads entities', () => {
    class Typeless {
      take(@Body() _body: NameDto) {}
    }
    Reflect.deleteMetadata('design:paramtypes', Typeless.prototype, 'take');
    expect(argumentClass(Typeless.prototype, 'take', 'body')).toBeUndefined();
  });

  it('is refused at the start where nothing would check it', () => {
    expect(() => {
      class Unchecked {
        @Endpoint('post', '', OPTIONS)
        take(@Body() _body: { name: string }) {}
      }
      return Unchecked;
    }).toThrow('Unchecked.take: nothing checks its body');
    expect(() => {
      class Open {
        @Endpoint('get', '', OPTIONS)
        list(@Query() _query: Record<string, string>) {}
      }
      return Open;
    }).toThrow('Open.list: nothing checks its query');
  });
});
