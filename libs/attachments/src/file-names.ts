const MAX_LENGTH = 255;
/** Control characters, and marks that reverse the direction of what follows: "gpj.exe" shown as "exe.jpg". */
// eslint-disable-next-line no-control-regex -- control characters are what this removes
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const EXTENSION = /\.([a-z0-9]{1,10})$/i;

/**
 * A name that can be shown and saved: as given, but without folders, control characters and more than 255
 * characters (the extension stays). Names never reach the storage: its keys are made of ids.
 */
export function cleanFileName(given: string | undefined): string {
  const base =
    unescaped(given ?? '')
      .toWellFormed()
      .replace(INVISIBLE, '')
      .split(/[/\\]/)
      .at(-1)
      ?.trim() ?? '';
  const name = base === '' || /^\.+$/.test(base) ? 'file' : base;
  const characters = [...name];
  if (characters.length <= MAX_LENGTH) return name;
  const extension = EXTENSION.exec(name)?.[0] ?? '';
  return characters.slice(0, MAX_LENGTH - extension.length).join('') + extension;
}

/** Forms of browsers write these three characters of a name so (WHATWG HTML, multipart/form-data). */
const unescaped = (name: string): string =>
  name.replace(/%(22|0D|0A)/g, (_escape, code: string) => String.fromCharCode(parseInt(code, 16)));

/**
 * What a system would take for the extension, in lower case, without the dot: all after the last dot, dots and spaces at
 * the end not counted, as Windows does not. Undefined where the name has none; words after a dot are none.
 */
export function extensionOf(name: string): string | undefined {
  return /\.([^.\s]+)[.\s]*$/.exec(name)?.[1]?.toLowerCase();
}

/** `Content-Disposition` by RFC 6266: an ASCII name for old clients, the real one in UTF-8. */
export function contentDisposition(type: 'inline' | 'attachment', name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
