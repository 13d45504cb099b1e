import { Global, Module } from '@nestjs/common';
import { AttachmentsController } from './attachments.controller.js';
import { AttachmentsGateway } from './attachments.gateway.js';
import { AttachmentsPublisher } from './attachments.publisher.js';
import { AttachmentsRepository } from './attachments.repository.js';
import { AttachmentsService } from './attachments.service.js';
import { DownloadsController } from './downloads.controller.js';
import { DownloadsService } from './downloads.service.js';
import { FileJobs } from './file-jobs.js';
import { FileKeeper } from './file-keeper.js';
import { FileRemover } from './file-remover.js';
import { FileUrls } from './file-urls.js';
import { MessageFiles } from './message-files.js';
import { Decoders } from './decoding/decoders.js';
import { FileDecoder } from './decoding/file-decoder.js';
import { FilePreparer } from './prepare-file.js';
import { PendingScans } from './scan/pending-scans.js';
import { VirusScanner } from './scan/virus-scanner.js';
import { UploadsService } from './uploads.service.js';
import { VoiceNotesService } from './voice-notes.service.js';

const EXPORTED = [AttachmentsService, UploadsService, VoiceNotesService];

@Global()
@Module({
  controllers: [AttachmentsController, DownloadsController],
  providers: [
    ...EXPORTED,
    AttachmentsRepository,
    AttachmentsPublisher,
    AttachmentsGateway,
    Decoders,
    DownloadsService,
    FileDecoder,
    FileJobs,
    FileKeeper,
    FilePreparer,
    FileRemover,
    FileUrls,
    MessageFiles,
    PendingScans,
    VirusScanner,
  ],
  exports: EXPORTED,
})
export class AttachmentsModule {}
