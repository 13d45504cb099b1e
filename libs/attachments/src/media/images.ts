import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { storageError } from '#libs/platform/storage';
import { attachmentErrors } from '../attachments.errors.js';
import type { FileTypeName } from '../types/file-type.js';

export interface ImageBounds {
  /** Longest side of the stored picture; larger ones are scaled down. */
  maxDimension: number;
  /** Longest side of the thumbnail. */
  thumbnailSize: number;
}

export interface ProcessedImage {
  width: number;
  height: number;
  /** Bytes. */
  size: number;
  thumbnailSize: number;
  /** Tiny WebP as a data URL. */
  placeholder: string;
}

export type ImageTypeName = Extract<FileTypeName, 'jpeg' | 'png' | 'gif' | 'webp'>;

const MAX_PIXELS = 40_000_000;
/** All frames of an animation together. */
const MAX_ANIMATION_PIXELS = 80_000_000;
const MAX_FRAMES = 500;
const LIMITS = { max_pixels: MAX_PIXELS, max_animation_pixels: MAX_ANIMATION_PIXELS, max_frames: MAX_FRAMES };
const TIMEOUT_S = 20;
/** libvips tells what the system says only in words. */
const DISK_FULL = /system error: (no space left on device|disk quota exceeded|file too large)/i;
const DISK_FAILURE =
  /system error: (input\/output error|read-only file system|permission denied|no such file)/i;
const PLACEHOLDER_SIZE = 16;
/** Most hold a few rows at a time, WebP and animations all of their pixels; messages keep most of the cores. */
const AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 4));

// libvips also reads SVG, PDF, TIFF and more: only what uploads may be is left on.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadNsgif'],
});
sharp.cache(false);
// Parallelism is between pictures; one must not take every core from the messages.
sharp.concurrency(1);

const queue = pLimit(AT_ONCE);

/**
 * Decodes a picture and writes it anew, without metadata and with its orientation applied, together with a WebP
 * thumbnail. Runs in libuv's threads. Writing anew is what removes location and camera data wherever they hide, and
 * whatever was appended to the picture.
 * @throws FILE_TOO_LARGE for too many pixels or frames, UNSUPPORTED_FILE_TYPE for a damaged picture
 */
export function processImage(
  source: string,
  type: ImageTypeName,
  bounds: ImageBounds,
  target: { picture: string; thumbnail: string },
): Promise<ProcessedImage> {
  return queue(async () => {
    const metadata = await readable(() => sharp(source, { limitInputPixels: false, pages: 1 }).metadata());
    requireWithinLimits(metadata);
    const pages = type === 'gif' || type === 'webp' ? (metadata.pages ?? 1) : 1;
    return readable(async () => {
      const picture = await encode(open(source, pages), type, pages, bounds.maxDimension).toFile(
        target.picture,
      );
      // Of what was just made, which is smaller and stands upright already.
      const thumbnail = await scaled(open(target.picture, 1), bounds.thumbnailSize)
        .webp({ quality: 75 })
        .toFile(target.thumbnail);
      const tiny = sharp(target.thumbnail).resize(PLACEHOLDER_SIZE, PLACEHOLDER_SIZE, {
        fit: 'inside',
      });
      const preview = await tiny.webp({ quality: 40 }).toBuffer();
      return {
        width: picture.width,
        height: picture.pageHeight ?? picture.height,
        // The file, not what the encoder says: for animations they differ.
        size: (await stat(target.picture)).size,
        thumbnailSize: thumbnail.size,
        placeholder: `data:image/webp;base64,${preview.toString('base64')}`,
      };
    });
  });
}

function requireWithinLimits(metadata: Metadata): void {
  const pixels = metadata.width * (metadata.pageHeight ?? metadata.height);
  const frames = metadata.pages ?? 1;
  if (pixels > MAX_PIXELS || frames > MAX_FRAMES || pixels * frames > MAX_ANIMATION_PIXELS)
    throw attachmentErrors.tooManyPixels(LIMITS);
}

function open(source: string, pages: number): Sharp {
  const options: SharpOptions = {
    failOn: 'truncated',
    limitInputPixels: MAX_ANIMATION_PIXELS,
    pages,
    sequentialRead: true,
  };
  return sharp(source, options).timeout({ seconds: TIMEOUT_S });
}

const scaled = (image: Sharp, size: number): Sharp =>
  image.resize(size, size, { fit: 'inside', withoutEnlargement: true });

function encode(image: Sharp, type: ImageTypeName, pages: number, maxDimension: number): Sharp {
  // Animations carry no orientation, and cannot be turned.
  const upright = pages > 1 ? image : image.autoOrient();
  const fitting = scaled(upright, maxDimension);
  switch (type) {
    case 'jpeg':
      // Optimised coding would keep the whole picture in memory, for some 3 % of its size.
      return fitting.jpeg({ quality: 85, optimiseCoding: false });
    case 'png':
      return fitting.png();
    case 'webp':
      return fitting.webp({ quality: 85, effort: 2 });
    case 'gif':
      return fitting.gif({ effort: 3 });
  }
}

/** What libvips cannot read is damaged, or takes longer than any picture should; what it cannot write is our fault. */
async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (DISK_FULL.test(message)) throw storageError(Object.assign(new Error(message), { code: 'ENOSPC' }));
    if (code !== undefined || DISK_FAILURE.test(message)) throw storageError(error);
    throw attachmentErrors.unsupported('The picture is damaged and cannot be read.', []);
  }
}
