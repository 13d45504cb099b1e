type Commands = Record<string, (argument: never) => unknown>;

/** Answers the parent's calls over IPC, until it disconnects. */
export function answer(commands: Commands): void {
  process.on('message', ({ id, command, argument }: { id: number; command: string; argument: never }) => {
    Promise.resolve(commands[command]?.(argument)).then(
      (result: unknown) => process.send?.({ id, result }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
