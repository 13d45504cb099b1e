export { JobsModule } from './jobs.module.js';
export { Jobs, type EnqueueOptions, type JobHandler, type JobOptions } from './jobs.js';
