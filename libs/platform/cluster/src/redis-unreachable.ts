/** REDIS_URL is set, but nothing answers there. */
export class RedisUnreachableError extends Error {}
