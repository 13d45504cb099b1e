export { FileStorage, type ByteRange } from './file-storage.js';
export { Spool, type SpooledFile } from './spool.js';
export { storageError } from './storage-errors.js';
export { StorageModule } from './storage.module.js';
export { UrlSigner, type UrlVerdict } from './url-signer.js';
