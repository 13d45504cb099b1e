import { resolve } from 'node:path';
import { environmentSchema, type Environment } from './schema.js';

/** All faults of the environment at once: one line each, naming the variable and never its value. */
export class ConfigError extends Error {
  constructor(readonly faults: string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

function withoutBlanks(env: NodeJS.ProcessEnv): Record<string, string> {
  const known = Object.keys(environmentSchema.shape);
  const entries = known.flatMap((name) => {
    const value = env[name]?.trim();
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(entries);
}

const describeFault = (issue: { path: PropertyKey[]; message: string }): string =>
  `${issue.path.map(String).join('.')}: ${issue.message}`;

const isTrue = (flag: string | undefined): boolean => flag === 'true' || flag === '1';
const isFalse = (flag: string | undefined): boolean => flag === 'false' || flag === '0';

function crossFaults(env: Record<string, string>): string[] {
  const faults: string[] = [];
  if (env.JWT_SECRET && env.JWT_JWKS_URL) {
    faults.push('JWT_SECRET: must not be set together with JWT_JWKS_URL');
  }
  const embedded = env.EMBEDDED_DATABASE;
  if (env.DATABASE_URL && isTrue(embedded)) {
    faults.push('EMBEDDED_DATABASE: must not be true together with DATABASE_URL');
  }
  if (!env.DATABASE_URL && isFalse(embedded)) {
    faults.push('DATABASE_URL: is required unless EMBEDDED_DATABASE is true');
  }
  if (env.S3_ENDPOINT && !env.S3_BUCKET) faults.push('S3_BUCKET: is required with S3_ENDPOINT');
  if (Boolean(env.S3_ACCESS_KEY_ID) !== Boolean(env.S3_SECRET_ACCESS_KEY)) {
    faults.push('S3_SECRET_ACCESS_KEY: belongs together with S3_ACCESS_KEY_ID; set both or neither');
  }
  if (env.CLAMAV_HOST && env.CLAMAV_SOCKET) {
    faults.push('CLAMAV_SOCKET: must not be set together with CLAMAV_HOST');
  }
  if (env.NODE_ENV === 'production') {
    if (!env.JWT_SECRET && !env.JWT_JWKS_URL) {
      faults.push('JWT_SECRET: is required in production (or JWT_JWKS_URL)');
    }
    if (!env.DATABASE_URL && env.EMBEDDED_DATABASE === undefined) {
      faults.push(
        'DATABASE_URL: is required in production (or EMBEDDED_DATABASE=true: a PostgreSQL of its own in DATA_DIR, for small installations)',
      );
    }
    if (env.CORS_ALLOWED_ORIGINS?.split(',').some((origin) => origin.trim() === '*')) {
      faults.push('CORS_ALLOWED_ORIGINS: must name origins in production, not *');
    }
  }
  return faults;
}

function shape(env: Environment) {
  const production = env.NODE_ENV === 'production';
  return {
    environment: env.NODE_ENV,
    production,
    dataDir: resolve(env.DATA_DIR),
    /** What this process does: serve clients, run jobs, or both. */
    role: env.ROLE,
    jobs: { pollMs: env.JOBS_POLL_MS, leaseSeconds: env.JOBS_LEASE_SECONDS },
    http: {
      port: env.PORT,
      host: env.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
      trustProxy: env.TRUST_PROXY,
      /** undefined: development default, any origin on this machine. */
      allowedOrigins: env.CORS_ALLOWED_ORIGINS ?? (production ? [] : undefined),
      headersTimeoutMs: env.HTTP_HEADERS_TIMEOUT_MS,
      /** Of a body that is no upload. */
      bodyTimeoutMs: env.HTTP_BODY_TIMEOUT_MS,
      /** Of a whole request; only an upload takes this long. */
      requestTimeoutMs: env.UPLOAD_TIMEOUT_MS,
      requestsPerMinute: env.HTTP_REQUESTS_PER_MINUTE,
    },
    log: { level: env.LOG_LEVEL, format: env.LOG_FORMAT ?? (production ? 'json' : 'pretty') },
    database: {
      url: env.DATABASE_URL,
      poolSize: env.DATABASE_POOL_SIZE,
      connectTimeoutMs: env.DATABASE_CONNECT_TIMEOUT_MS,
      reconnectMs: env.DATABASE_RECONNECT_MS,
      queryTimeoutMs: env.DATABASE_QUERY_TIMEOUT_MS,
      /** Searches and lists have connections, a time limit and a wait of their own. */
      readPoolSize: env.DATABASE_READ_POOL_SIZE,
      readTimeoutMs: env.DATABASE_READ_TIMEOUT_MS,
      readWaitMs: env.DATABASE_READ_WAIT_MS,
      startTimeoutMs: env.DATABASE_START_TIMEOUT_MS,
      allowUnsafeDurability: env.DATABASE_ALLOW_UNSAFE_DURABILITY,
    },
    redis: { url: env.REDIS_URL },
    jwt: {
      secret: env.JWT_SECRET,
      jwksUrl: env.JWT_JWKS_URL,
      issuer: env.JWT_ISSUER,
      audience: env.JWT_AUDIENCE,
      requireExpiry: production,
    },
    directory: { strict: env.DIRECTORY_STRICT },
    sockets: {
      eventsPerSecond: env.SOCKET_EVENTS_PER_SECOND,
      userEventsPerSecond: env.USER_EVENTS_PER_SECOND,
      perUser: env.SOCKETS_PER_USER,
      /** Connections that nobody has authenticated, in all and of one address; and handshakes under way. */
      anonymous: env.SOCKETS_ANONYMOUS,
      anonymousPerAddress: env.SOCKETS_ANONYMOUS_PER_ADDRESS,
      handshakesAtOnce: env.SOCKET_HANDSHAKES_AT_ONCE,
      authenticateWithinMs: env.SOCKET_AUTHENTICATE_WITHIN_MS,
      sendBufferPackets: env.SOCKET_SEND_BUFFER_PACKETS,
    },
    messages: { perMinute: env.CHAT_MESSAGE_LIMIT, maxLength: env.CHAT_MESSAGE_MAX_LENGTH },
    presence: { graceMs: env.PRESENCE_GRACE_MS, typingTimeoutMs: env.TYPING_TIMEOUT_MS },
    files: {
      /** Without a slash at the end. */
      publicUrl: env.PUBLIC_URL?.replace(/(?<!\/)\/+$/, ''),
      urlSecret: env.FILE_URL_SECRET,
      urlTtlSeconds: env.FILE_URL_TTL_SECONDS,
      jobsIntervalMs: env.FILE_JOBS_INTERVAL_MS,
      maxBytes: env.UPLOAD_MAX_BYTES,
      /** An upload of which nothing arrives for so long is over. */
      stalledMs: env.UPLOAD_STALLED_MS,
      /** Of all uploads together, so that they leave time for messages. */
      uploadBytesPerSecond: env.UPLOAD_MB_PER_SECOND * 1_048_576,
      /** Bytes of all files of one user; 0: no limit. */
      quotaBytes: env.UPLOAD_QUOTA_MB * 1_048_576,
      orphanSeconds: env.UPLOAD_ORPHAN_SECONDS,
      uploadsPerMinute: env.CHAT_UPLOAD_LIMIT,
      voiceNotesPerMinute: env.CHAT_VOICE_NOTE_LIMIT,
      imageMaxDimension: env.IMAGE_MAX_DIMENSION,
      thumbnailSize: env.IMAGE_THUMBNAIL_SIZE,
      s3:
        env.S3_BUCKET === undefined
          ? undefined
          : {
              bucket: env.S3_BUCKET,
              endpoint: env.S3_ENDPOINT,
              region: env.S3_REGION,
              accessKeyId: env.S3_ACCESS_KEY_ID,
              secretAccessKey: env.S3_SECRET_ACCESS_KEY,
              forcePathStyle: env.S3_ENDPOINT !== undefined && env.S3_FORCE_PATH_STYLE,
              prefix: env.S3_PREFIX === '' ? '' : `${env.S3_PREFIX.replace(/(?<!\/)\/+$/, '')}/`,
            },
      clamav:
        env.CLAMAV_HOST === undefined && env.CLAMAV_SOCKET === undefined
          ? undefined
          : {
              host: env.CLAMAV_HOST,
              port: env.CLAMAV_PORT,
              socket: env.CLAMAV_SOCKET,
              timeoutMs: env.CLAMAV_TIMEOUT_MS,
            },
    },
    marketplace: {
      typingTimeoutMs: env.CHAT_TYPING_TIMEOUT,
      connectionsPerUser: env.CHAT_MAX_CONNECTIONS_PER_USER,
    },
  } as const;
}

export type AppConfigShape = ReturnType<typeof shape>;

/**
 * Reads the environment once. An empty variable counts as unset.
 * @throws ConfigError with every fault found.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): AppConfigShape {
  const given = withoutBlanks(env);
  const parsed = environmentSchema.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map(describeFault);
  // What belongs together is judged by what was given, so that it is told beside the faults of single values.
  faults.push(...crossFaults(given));
  if (!parsed.success || faults.length > 0) throw new ConfigError([...new Set(faults)]);
  return shape(parsed.data);
}
