import { join } from 'node:path';
import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { JWT_SIGNING_SECRET } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { DiskStorage } from './disk-storage.js';
import { FileStorage } from './file-storage.js';
import { Pace } from './pace.js';
import { Spool } from './spool.js';
import { UrlSigner } from './url-signer.js';
import { resolveUrlSecret } from './url-secret.js';

/** Below DATA_DIR; a volume mounted there holds everything that concerns uploads. */
const FILES = 'files';

async function openStorage(config: AppConfig): Promise<FileStorage> {
  const { s3 } = config.files;
  if (!s3) return new DiskStorage(join(config.dataDir, FILES));
  // Some 30 MB of code that a server without a bucket does not load.
  const { S3Storage } = await import('./s3-storage.js');
  return new S3Storage(s3);
}

async function openSpool(config: AppConfig): Promise<Spool> {
  const pace = new Pace(config.files.uploadBytesPerSecond);
  const spool = new Spool(join(config.dataDir, FILES, 'incoming'), pace);
  await spool.prepare();
  return spool;
}

@Global()
@Module({
  providers: [
    { provide: FileStorage, inject: [AppConfig], useFactory: openStorage },
    { provide: Spool, inject: [AppConfig], useFactory: openSpool },
    {
      provide: UrlSigner,
      inject: [AppConfig, JWT_SIGNING_SECRET],
      useFactory: async (config: AppConfig, jwtSecret: string | undefined) =>
        new UrlSigner(
          await resolveUrlSecret(config.files.urlSecret, jwtSecret, config.dataDir),
          config.files.urlTtlSeconds,
        ),
    },
  ],
  exports: [FileStorage, Spool, UrlSigner],
})
export class StorageModule implements OnApplicationShutdown {
  constructor(private readonly storage: FileStorage) {}

  onApplicationShutdown(): void {
    this.storage.close();
  }
}
