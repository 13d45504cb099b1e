/**
 * The keys added last, at least `least` of them and at most twice as many. Keys are dropped by the generation, not one
 * by one: no order has to be kept.
 */
export class RecentKeys {
  private young = new Set<string>();
  private old: ReadonlySet<string> = new Set<string>();

  constructor(private readonly least: number) {}

  add(key: string): void {
    this.young.add(key);
    if (this.young.size < this.least) return;
    this.old = this.young;
    this.young = new Set();
  }

  has(key: string): boolean {
    return this.young.has(key) || this.old.has(key);
  }
}
