import { cleanFileName, contentDisposition, extensionOf } from './file-names.js';

describe('file names', () => {
  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['  Größe – 写真.png ', 'Größe – 写真.png'],
    ['/etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['a\r\nb.pdf', 'ab.pdf'],
    ['..', 'file'],
    ['', 'file'],
    [undefined, 'file'],
    ['the %22plan%22%0D%0A.pdf', 'the "plan".pdf'],
    ['100%25.pdf', '100%25.pdf'],
  ])('%j is cleaned to %j', (given, clean) => expect(cleanFileName(given)).toBe(clean));

  it('keep their extension when they are cut, and never cut a character in half', () => {
    const cut = cleanFileName(`${'😀'.repeat(300)}.jpeg`);
    expect([...cut]).toHaveLength(255);
    expect(cut.endsWith('😀.jpeg')).toBe(true);
    expect(cut.isWellFormed()).toBe(true);
  });

  it('tell their extension', () => {
    expect([extensionOf('A.JPG'), extensionOf('a.tar.gz'), extensionOf('none'), extensionOf('dot.')]).toEqual(
      ['jpg', 'gz', undefined, undefined],
    );
  });

  it('are quoted by RFC 6266, whatever they hold', () => {
    expect(contentDisposition('attachment', 'naïve "plan" 100%.pdf')).toBe(
      `attachment; filename="na_ve _plan_ 100_.pdf"; filename*=UTF-8''na%C3%AFve%20%22plan%22%20100%25.pdf`,
    );
    expect(contentDisposition('inline', `it's (1)*.png`)).toBe(
      `inline; filename="it's (1)*.png"; filename*=UTF-8''it%27s%20%281%29%2A.png`,
    );
  });
});
