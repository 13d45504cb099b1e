import { EventBus } from '#libs/platform/events';
import type { RoomView } from '#libs/rooms';
import { DeletionArrived, EditArrived } from './messages.events.js';
import type { MessagesRepository } from './messages.repository.js';
import type { MessageView } from './message-view.js';
import { RenderedChanges } from './rendered-changes.js';

const ROOM = { id: 'room' } as RoomView;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const saying = (content: string): MessageView => ({ id: 'message', content }) as MessageView;

describe('changes of messages that are rendered before they are told', () => {
  let events: EventBus;
  let told: string[];
  let deletedAt: Date | null;
  let open: boolean;
  /** Ends the oldest rendering that is under way. */
  let renderings: (() => void)[];

  beforeEach(() => {
    [events, told, deletedAt, open, renderings] = [new EventBus(), [], null, true, []];
    const repository = { byId: async () => ({ deletedAt }) };
    new RenderedChanges(events, repository as unknown as MessagesRepository).tellBy<string>({
      isAnyoneHere: () => open,
      render: ({ content }) => new Promise((resolve) => renderings.push(() => resolve(content))),
      edited: (_room, content) => told.push(content),
      deleted: () => told.push('deleted'),
    });
  });

  const edit = (content: string) => events.publish(new EditArrived(ROOM, saying(content)));
  const remove = () => events.publish(new DeletionArrived(ROOM, saying('')));
  const rendered = async (): Promise<void> => {
    await turn();
    renderings.shift()?.();
  };

  it('are told in their order', async () => {
    const all = [edit('first'), edit('second'), remove()];
    await rendered();
    await rendered();
    await Promise.all(all);
    expect(told).toEqual(['first', 'second', 'deleted']);
  });

  it('are not told of a message that was deleted while it was rendered', async () => {
    const all = [edit('old text'), remove()];
    await turn();
    expect(told).toEqual([]);
    deletedAt = new Date();
    await rendered();
    await Promise.all(all);
    expect(told).toEqual(['deleted']);
  });

  it('are rendered for nobody', async () => {
    open = false;
    await edit('unheard');
    expect(renderings).toEqual([]);
    expect(told).toEqual([]);
  });
});
