import { stat } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { DecodingError } from '../decoding/decoding-error.js';
import type { FileTypeName } from '../types/file-type.js';
import { MAX_ANIMATION_PIXELS, MAX_FRAMES, MAX_PIXELS } from './picture-limits.js';

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

export interface PictureTarget {
  picture: string;
  thumbnail: string;
}

/** Below, an animation is made anew as fast as a photo; above, it takes seconds. */
const LIGHT_ANIMATION_PIXELS = 4_000_000;
/** libvips tells what the system says only in words. */
const DISK_FULL = /system error: (no space left on device|disk quota exceeded|file too large)/i;
const DISK_FAILURE =
  /system error: (input\/output error|read-only file system|permission denied|no such file)/i;
const PLACEHOLDER_SIZE = 16;

// libvips also reads SVG, PDF, TIFF and more: only what uploads may be is left on.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadNsgif'],
});
sharp.cache(false);
// Parallelism is between pictures; one must not take every core from the messages.
sharp.concurrency(1);

/**
 * Decodes a picture and writes it anew, without metadata and with its orientation applied, together with a WebP
 * thumbnail. Writing anew is what removes location and camera data wherever they hide, and whatever was appended to
 * the picture.
 * @param weight for how much work the caller has a turn; an animation that is more for `light` is left as it is
 * @throws DecodingError
 */
export async function processImage(
  source: string,
  type: ImageTypeName,
  bounds: ImageBounds,
  target: PictureTarget,
  weight: 'light' | 'heavy',
): Promise<ProcessedImage | 'heavy'> {
  const metadata = await readable(() => sharp(source, { limitInputPixels: false, pages: 1 }).metadata());
  const pixels = pixelsWithinLimits(metadata);
  const pages = type === 'gif' || type === 'webp' ? (metadata.pages ?? 1) : 1;
  if (weight === 'light' && pages > 1 && pixels > LIGHT_ANIMATION_PIXELS) return 'heavy';
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
}

/** Of all frames. */
function pixelsWithinLimits(metadata: Metadata): number {
  const pixels = metadata.width * (metadata.pageHeight ?? metadata.height);
  const frames = metadata.pages ?? 1;
  if (pixels > MAX_PIXELS || frames > MAX_FRAMES || pixels * frames > MAX_ANIMATION_PIXELS)
    throw new DecodingError('too-many-pixels', 'Too many pixels or frames');
  return pixels * frames;
}

function open(source: string, pages: number): Sharp {
  const options: SharpOptions = {
    failOn: 'truncated',
    limitInputPixels: MAX_ANIMATION_PIXELS,
    pages,
    sequentialRead: true,
  };
  return sharp(source, options);
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

/** What libvips cannot read is damaged; what it cannot write is our fault. */
async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (DISK_FULL.test(message)) throw new DecodingError('disk-full', message);
    if (code !== undefined || DISK_FAILURE.test(message)) throw new DecodingError('disk', message);
    throw new DecodingError('damaged', message);
  }
}
