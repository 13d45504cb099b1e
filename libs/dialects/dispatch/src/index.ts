/** Which contract an event of a shared namespace is for: what the five declarations say about it, as one table. */
export { dialectFor, DISPATCH_TABLE } from '#libs/platform/dialects';
