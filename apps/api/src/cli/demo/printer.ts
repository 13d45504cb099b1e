const WIDTH = 8;
const COLOURS: Record<string, number> = { host: 35, customer: 36, staff: 32 };

/** Lines with the name of the side that sees them, coloured where a person looks. */
export class Printer {
  private readonly coloured: boolean;

  constructor(
    private readonly out: NodeJS.WriteStream = process.stdout,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    this.coloured = out.isTTY === true && !env.NO_COLOR;
  }

  /** What happens next. */
  heading(text: string): void {
    this.out.write(`\n${this.paint(1, text)}\n`);
  }

  /** What a side does (→) or sees (←). */
  line(side: string, direction: '→' | '←', text: string): void {
    const name = this.paint(COLOURS[side] ?? 0, side.padEnd(WIDTH));
    const tail = direction === '→' ? text : this.paint(2, text);
    this.out.write(`  ${name} ${direction} ${tail}\n`);
  }

  plain(text: string): void {
    this.out.write(`${text}\n`);
  }

  private paint(code: number, text: string): string {
    return this.coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
