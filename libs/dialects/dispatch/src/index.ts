export { DEFAULT_DIALECT, dialectFor, DISPATCH_TABLE } from './dispatch-table.js';
export { DispatchModule } from './dispatch.module.js';
