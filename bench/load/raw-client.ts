import WebSocket from 'ws';

const MESSAGE = '4'.charCodeAt(0);
const EVENT = '2'.charCodeAt(0);

/**
 * A Socket.IO client on bare WebSocket frames, so that the generator costs little beside the server. Speaks the text
 * protocol: 0 open, 2 ping, 3 pong, 40 connect, 42 event, 43 acknowledgement.
 */
export class RawClient {
  private readonly acks = new Map<number, (answer: unknown) => void>();
  private nextAck = 0;
  /** Called for each event with its undecoded frame, so that only what is measured is parsed. */
  onFrame: ((frame: Buffer) => void) | undefined;
  /** Called when the server has closed it, or is gone. */
  onClose: (() => void) | undefined;

  private constructor(
    private readonly ws: WebSocket,
    private readonly namespace: string,
  ) {}

  static connect(url: string, namespace: string, auth: unknown): Promise<RawClient> {
    const ws = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    const client = new RawClient(ws, namespace === '/' ? '' : `${namespace},`);
    return new Promise((resolve, reject) => {
      ws.on('error', reject);
      ws.on('close', () => {
        reject(new Error('closed'));
        client.onClose?.();
      });
      ws.on('message', (data: Buffer) => {
        if (data[0] === MESSAGE && data[1] === EVENT) return client.onFrame?.(data);
        const frame = data.toString('utf8');
        if (frame[0] === '0') ws.send(`40${client.namespace}${JSON.stringify(auth)}`);
        else if (frame.startsWith('40')) resolve(client);
        else if (frame.startsWith('44')) reject(new Error(frame));
        else client.receive(frame);
      });
    });
  }

  emit(event: string, payload: unknown): void {
    this.ws.send(`42${this.namespace}${JSON.stringify([event, payload])}`);
  }

  /** A prepared payload in JSON: saves the generator the work of making it each time. */
  emitRaw(event: string, payloadJson: string, onAck: (answer: unknown) => void): void {
    const id = (this.nextAck += 1);
    this.acks.set(id, onAck);
    this.ws.send(`42${this.namespace}${id}["${event}",${payloadJson}]`);
  }

  ask(event: string, payload: unknown): Promise<{ success: boolean; data: unknown; code?: string }> {
    const id = (this.nextAck += 1);
    return new Promise((resolve) => {
      this.acks.set(id, (answer) => resolve(answer as { success: boolean; data: unknown }));
      this.ws.send(`42${this.namespace}${id}${JSON.stringify([event, payload])}`);
    });
  }

  close(): void {
    this.ws.terminate();
  }

  private receive(frame: string): void {
    if (frame === '2') {
      this.ws.send('3');
      return;
    }
    if (frame.startsWith('43')) this.acknowledged(frame.slice(2 + this.namespace.length));
  }

  private acknowledged(rest: string): void {
    const start = rest.indexOf('[');
    const id = Number(rest.slice(0, start));
    const callback = this.acks.get(id);
    this.acks.delete(id);
    callback?.((JSON.parse(rest.slice(start)) as unknown[])[0]);
  }
}
