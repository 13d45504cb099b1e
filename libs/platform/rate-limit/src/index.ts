export { RateLimitModule } from './rate-limit.module.js';
export { RateLimiter, type RateRule } from './rate-limiter.js';
export { TokenBucket } from './token-bucket.js';
