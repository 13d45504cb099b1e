import { World } from '../support/world.js';

/** Less than the server's patience with a silent client (ping interval and timeout, 45 s). */
const PATIENCE_MS = 20_000;

/** A client of HTTP long polling that speaks and does not come back after the first answer. */
async function vanish(url: string, packet: string): Promise<void> {
  const address = `${url}/socket.io/?EIO=4&transport=polling`;
  const opened = await (await fetch(address)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const said = await fetch(`${address}&sid=${sid}`, { method: 'POST', body: packet });
  expect(await said.text()).toBe('ok');
  // What the server says first; what it says then stays unheard.
  const heard = await fetch(`${address}&sid=${sid}`);
  expect(await heard.text()).toMatch(/^4/);
}

describe('stopping with clients of long polling that went away', () => {
  it('waits for none of them, not even for one whose connection was being closed', async () => {
    const world = await World.start();
    const seen = await world.socket(world.person(), { namespace: '/' });
    await vanish(world.url, `40${JSON.stringify({ token: world.person().token })}`);
    await vanish(world.url, `40${JSON.stringify({ token: 'not.a.token' })}`);
    // Refused in the order of arrival: the server has told the second one by the time that it refuses this.
    const refused = await world.socket(world.person(), { namespace: '/', auth: { token: 'not.a.token' } });
    await refused.waitFor('disconnect');
    const since = performance.now();
    await world.stop();
    expect(performance.now() - since).toBeLessThan(PATIENCE_MS);
    await seen.waitFor('disconnect');
  });
});
