import { defineDialect } from '#libs/platform/dialects';
import { ChatController, chatControllerOf } from './chat-controller.js';
import { describeFailures } from './document/failures.js';
import { Endpoint } from './endpoint.js';

const dialect = defineDialect({
  name: 'controlled',
  description: 'Of the spec',
  namespaces: ['/'],
  rest: { prefixes: ['api/controlled'] },
  errorEvents: () => [],
});

describe('a controller of a dialect', () => {
  it('is known by it, with the tag of the dialect or its own', () => {
    @ChatController(dialect, 'api/controlled/rooms')
    class Rooms {}
    @ChatController(dialect, 'api/controlled', 'files')
    class Files {}
    expect(chatControllerOf(Rooms)).toEqual({ dialect, tag: 'controlled' });
    expect(chatControllerOf(Files)).toEqual({ dialect, tag: 'files' });
  });

  it('stands below a prefix of the dialect, or failures would be told in another', () => {
    expect(() => ChatController(dialect, 'api/elsewhere')).toThrow(
      'not among the prefixes of the dialect controlled',
    );
  });

  it('cannot be documented while an endpoint names a code that nobody declares', () => {
    @ChatController(dialect, 'api/controlled')
    class Typo {
      @Endpoint('get', '', {
        access: 'public',
        summary: 'Of the spec',
        response: null,
        errors: ['NOT_FUOND'],
      })
      get(): null {
        return null;
      }
    }
    expect(() => describeFailures(Typo)).toThrow('NOT_FUOND is documented');
  });
});
