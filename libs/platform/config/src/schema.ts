import { z } from 'zod';

const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((value) => value === 'true' || value === '1');
const integer = (min: number, max: number) =>
  z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);
const url = (protocols: string[]) =>
  z.string().refine(
    (value) => {
      try {
        return protocols.includes(new URL(value).protocol);
      } catch {
        return false;
      }
    },
    `must be a URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  );

const origins = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((part) => part.trim().replace(/\/$/, ''))
      .filter(Boolean),
  )
  .refine(
    (list) => list.every((origin) => origin === '*' || /^https?:\/\/[^/\s]+$/.test(origin)),
    'must be comma-separated origins such as https://app.example.com, or *',
  );

/** Every environment variable the server reads, with unit, default and bounds. */
export const environmentSchema = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'], 'must be development, production or test')
    .default('development'),
  PORT: integer(0, 65535).default(3000),
  HOST: z.string().min(1).max(255).optional(),
  ROLE: z.enum(['api', 'worker', 'all'], 'must be api, worker or all').default('all'),
  JOBS_POLL_MS: integer(10, 60_000).default(2_000),
  JOBS_LEASE_SECONDS: integer(1, 600).default(15),
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  EMBEDDED_DATABASE: flag.optional(),
  DATA_DIR: z.string().min(1).max(4096).default('./.data'),
  REDIS_URL: url(['redis:', 'rediss:']).optional(),
  JWT_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
  JWT_JWKS_URL: url(['http:', 'https:']).optional(),
  JWT_ISSUER: z.string().min(1).optional(),
  JWT_AUDIENCE: z.string().min(1).optional(),
  CORS_ALLOWED_ORIGINS: origins.optional(),
  TRUST_PROXY: integer(0, 10).default(0),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a pino level such as info')
    .default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'must be json or pretty').optional(),
  DATABASE_POOL_SIZE: integer(2, 200).default(10),
  DATABASE_CONNECT_TIMEOUT_MS: integer(100, 60_000).default(3_000),
  DATABASE_QUERY_TIMEOUT_MS: integer(100, 60_000).default(4_000),
  DATABASE_READ_POOL_SIZE: integer(2, 200).default(8),
  DATABASE_READ_TIMEOUT_MS: integer(50, 60_000).default(3_000),
  DATABASE_READ_WAIT_MS: integer(10, 60_000).default(5_000),
  DATABASE_RECONNECT_MS: integer(10, 60_000).default(500),
  DATABASE_START_TIMEOUT_MS: integer(0, 600_000).default(30_000),
  DATABASE_ALLOW_UNSAFE_DURABILITY: flag.default(false),
  DIRECTORY_STRICT: flag.default(false),
  HTTP_REQUESTS_PER_MINUTE: integer(1, 1_000_000).default(1_200),
  HTTP_HEADERS_TIMEOUT_MS: integer(100, 600_000).default(15_000),
  HTTP_BODY_TIMEOUT_MS: integer(100, 600_000).default(30_000),
  SOCKET_EVENTS_PER_SECOND: integer(1, 100_000).default(100),
  USER_EVENTS_PER_SECOND: integer(1, 100_000).default(300),
  SOCKETS_PER_USER: integer(1, 10_000).default(50),
  SOCKETS_ANONYMOUS: integer(1, 1_000_000).default(2_000),
  SOCKETS_ANONYMOUS_PER_ADDRESS: integer(1, 1_000_000).default(100),
  SOCKET_HANDSHAKES_AT_ONCE: integer(1, 10_000).default(64),
  SOCKET_AUTHENTICATE_WITHIN_MS: integer(100, 60_000).default(10_000),
  SOCKET_SEND_BUFFER_PACKETS: integer(10, 100_000).default(500),
  CHAT_MESSAGE_LIMIT: integer(1, 10_000_000).default(100),
  CHAT_MESSAGE_MAX_LENGTH: integer(1, 100_000).default(2_000),
  CHAT_TYPING_TIMEOUT: integer(100, 60_000).default(3_000),
  CHAT_MAX_CONNECTIONS_PER_USER: integer(1, 1_000).default(3),
  TYPING_TIMEOUT_MS: integer(100, 60_000).default(10_000),
  PRESENCE_GRACE_MS: integer(0, 300_000).default(2_000),
  /** Where clients reach this server, such as https://chat.example.com; file URLs start with it. */
  PUBLIC_URL: url(['http:', 'https:']).optional(),
  FILE_URL_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
  FILE_URL_TTL_SECONDS: integer(1, 31_536_000).default(604_800),
  FILE_JOBS_INTERVAL_MS: integer(50, 3_600_000).default(30_000),
  UPLOAD_MAX_BYTES: integer(1, 1_073_741_824).default(10_485_760),
  UPLOAD_MB_PER_SECOND: integer(1, 10_000).default(32),
  UPLOAD_TIMEOUT_MS: integer(1_000, 86_400_000).default(900_000),
  UPLOAD_STALLED_MS: integer(100, 600_000).default(30_000),
  UPLOAD_QUOTA_MB: integer(0, 10_000_000).default(0),
  UPLOAD_ORPHAN_SECONDS: integer(1, 31_536_000).default(86_400),
  CHAT_UPLOAD_LIMIT: integer(1, 1_000_000).default(60),
  CHAT_VOICE_NOTE_LIMIT: integer(1, 1_000_000).default(10),
  IMAGE_MAX_DIMENSION: integer(64, 16_383).default(2_560),
  IMAGE_THUMBNAIL_SIZE: integer(16, 2_048).default(320),
  S3_BUCKET: z.string().min(1).max(255).optional(),
  S3_ENDPOINT: url(['http:', 'https:']).optional(),
  S3_REGION: z.string().min(1).max(64).default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  S3_FORCE_PATH_STYLE: flag.default(true),
  S3_PREFIX: z
    .string()
    .max(200)
    .regex(/^[\w./-]*$/, 'must consist of letters, digits and . _ - /')
    .default(''),
  CLAMAV_HOST: z.string().min(1).max(255).optional(),
  CLAMAV_PORT: integer(1, 65_535).default(3_310),
  CLAMAV_SOCKET: z.string().min(1).max(107, 'must have at most 107 characters').optional(),
  CLAMAV_TIMEOUT_MS: integer(100, 600_000).default(30_000),
});

export type Environment = z.output<typeof environmentSchema>;
