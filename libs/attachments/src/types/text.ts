import { createReadStream } from 'node:fs';

/** What a sniffer takes for HTML, SVG, XML or a script when a file starts so (WHATWG MIME Sniffing, and a little more). */
const ACTIVE_START =
  /^(<!doctype|<!--|<\?|<(html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|math|object|embed|img)[\s/>]|#!|%!ps|%pdf-|\{\\rtf)/i;
/** Nor may it come a little later: old sniffers look further than the start. */
const ACTIVE_NEAR_START =
  /<(html|script|svg|iframe|object|embed)[\s/>]|<[a-z][^>]*\son\w+\s*=|<!doctype|<\?(php|xml)/i;
const NOT_UTF8 = 'ERR_ENCODING_INVALID_ENCODED_DATA';
const SNIFFED_CHARACTERS = 1_445;

/** Valid UTF-8 without NUL and other controls that text has no use for, and nothing that a sniffer takes for more. */
export async function isPlainText(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let start = '';
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      const text = decoder.decode(chunk, { stream: true });
      // eslint-disable-next-line no-control-regex -- control characters are what this looks for
      if (/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/.test(text)) return false;
      if (start.length < SNIFFED_CHARACTERS)
        start = (start + text).replace(/^[\s\ufeff]+/, '').slice(0, SNIFFED_CHARACTERS);
    }
    decoder.decode();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === NOT_UTF8) return false;
    throw error;
  }
  return !ACTIVE_START.test(start) && !ACTIVE_NEAR_START.test(start);
}
