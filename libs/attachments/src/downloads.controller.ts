import { Controller, Get, Logger, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import parseRange from 'range-parser';
import { Access } from '#libs/platform/auth';
import { failureBody, Failures, logIdsOf } from '#libs/platform/http';
import { Failure, schemaOf } from '#libs/platform/schemas';
import type { ByteRange } from '#libs/platform/storage';
import { attachmentErrors } from './attachments.errors.js';
import { DownloadsService, type Download } from './downloads.service.js';
import { contentDisposition } from './file-names.js';
import { FILES_PATH } from './file-urls.js';

/** Whatever a file holds, as a page of its own it can do nothing. */
const FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
const UNSATISFIABLE = -1;
const FIRST_BYTE: ByteRange = { start: 0, end: 0 };

@ApiTags('attachments')
@Controller(FILES_PATH.slice(1))
export class DownloadsController {
  private readonly logger = new Logger(DownloadsController.name);

  constructor(private readonly downloads: DownloadsService) {}

  @Get(':file')
  @Access('public')
  @ApiOperation({
    summary: 'Read a file by its signed URL',
    description:
      'The URL itself is the permission, for this one file and until it expires; take it from a message or an upload. ' +
      'Answers ranges and conditional requests. A file whose bytes are gone is not found, and while the storage is away ' +
      'the service is unavailable.\n\nAccess: no token needed.',
  })
  @ApiExtension('x-access', 'public')
  @ApiParam({
    name: 'file',
    description: 'Name of the file, from its URL',
    example: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f.jpg',
  })
  @ApiResponse({
    status: 200,
    description: 'The file',
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiResponse({ status: 206, description: 'The range that was asked for' })
  @ApiResponse({ status: 304, description: 'Not changed since the copy that you have' })
  @Failures('FORBIDDEN', 'URL_EXPIRED', 'NOT_FOUND', 'SERVICE_UNAVAILABLE')
  @ApiResponse({
    status: 416,
    description: '`RANGE_NOT_SATISFIABLE`: the range lies outside the file',
    content: {
      'application/json': {
        schema: schemaOf(Failure),
        example: failureBody(attachmentErrors.badRange(2_048_576)),
      },
    },
  })
  async read(
    @Param('file') segment: string,
    @Query('expires') expires: unknown,
    @Query('signature') signature: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const download = await this.downloads.find(segment, expires, signature);
    if (isKnown(request.headers['if-none-match'], download.etag)) {
      describe(download, response);
      response.status(304).end();
      return;
    }
    if (request.method === 'HEAD') {
      (await download.open(FIRST_BYTE)).destroy();
      describe(download, response);
      response.setHeader('Content-Length', download.size).end();
      return;
    }
    const range = rangeOf(request, download);
    if (range === UNSATISFIABLE) {
      response.setHeader('Content-Range', `bytes */${download.size}`);
      response.status(416).json(failureBody(attachmentErrors.badRange(download.size)));
      return;
    }
    const bytes = await download.open(range);
    describe(download, response);
    if (range)
      response.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${download.size}`);
    response.setHeader('Content-Length', range ? range.end - range.start + 1 : download.size);
    await pipeline(bytes, response).catch((error: unknown) => {
      // Nothing can be said any more: a cut connection tells the client that the file is not complete.
      if (!request.destroyed)
        this.logger.warn({ err: error, ...logIdsOf(request) }, 'A file could not be sent to its end');
      response.destroy();
    });
  }
}

/** `If-None-Match` (RFC 9110, 13.1.2): any version, or one of these, compared weakly. */
const isKnown = (condition: string | undefined, etag: string): boolean =>
  condition?.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) ?? false;

function describe(download: Download, response: Response): void {
  const maxAge = Math.max(0, Math.floor((download.expiresAt.getTime() - Date.now()) / 1000));
  response.setHeader(
    'Content-Type',
    download.mimeType === 'text/plain' ? 'text/plain; charset=utf-8' : download.mimeType,
  );
  response.setHeader('Content-Disposition', contentDisposition(download.disposition, download.fileName));
  response.setHeader('Cache-Control', `private, max-age=${maxAge}, immutable`);
  response.setHeader('ETag', download.etag);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Security-Policy', FILE_POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
}

/** One range; several, malformed ones and those for another version are answered with the whole file. */
function rangeOf(request: Request, { size, etag }: Download): ByteRange | undefined | typeof UNSATISFIABLE {
  const { range, 'if-range': ifRange } = request.headers;
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  // More than there is of the end is all of it (RFC 9110, 14.1.2).
  if (Number(/^bytes=-(\d+)$/.exec(range)?.[1]) > size) return { start: 0, end: size - 1 };
  const parsed = parseRange(size, range);
  if (parsed === UNSATISFIABLE) return UNSATISFIABLE;
  return typeof parsed === 'object' && parsed.type === 'bytes' && parsed.length === 1 ? parsed[0] : undefined;
}
