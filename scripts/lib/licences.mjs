/** Licences that ask for no more than being named. */
const PERMISSIVE = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);
/** They may be used as libraries that can be replaced: NOTICE says how. */
const LESSER = /^LGPL-(2\.1|3\.0)(-only|-or-later)?$/;
/** Packages that hold more than their own licence says. */
const HOLDING = new Map([['mpg123-decoder', 'LGPL-2.1-only']]);

/** `MIT`, `(MIT OR CC0-1.0)`, `Apache-2.0 AND LGPL-3.0-or-later`: the licences that must all be kept. */
function licencesOf(expression) {
  const plain = expression.replaceAll(/[()]/g, '');
  const choices = plain.split(' OR ').map((choice) => choice.split(' AND ').map((name) => name.trim()));
  return choices.find((all) => all.every((name) => PERMISSIVE.has(name))) ?? choices[0];
}

/** Whether NOTICE names the package, by its name or by a beginning of it such as `@img/sharp-libvips-*`. */
function isNamed(name, notice) {
  const families = notice.match(/@?[\w./-]+\*/g) ?? [];
  return (
    new RegExp(`(^|[\\s,])${name}(?![\\w/-])`, 'm').test(notice) ||
    families.some((family) => name.startsWith(family.slice(0, -1)))
  );
}

/**
 * @param packages what the server runs with: `{ name, licence }`
 * @param notice the text of NOTICE
 * @returns a sentence for each that must not be used so
 */
export function faultsOf(packages, notice) {
  return packages.flatMap(({ name, licence }) => {
    if (typeof licence !== 'string' || licence === '') return [`${name} does not say its licence.`];
    const licences = [...licencesOf(licence), ...(HOLDING.has(name) ? [HOLDING.get(name)] : [])];
    const unknown = licences.filter((one) => !PERMISSIVE.has(one) && !LESSER.test(one));
    if (unknown.length > 0) return [`${name} is under ${unknown.join(' and ')}, which is not allowed here.`];
    if (licences.some((one) => LESSER.test(one)) && !isNamed(name, notice))
      return [`${name} is, or holds, ${licences.filter((one) => LESSER.test(one))[0]}: NOTICE must name it.`];
    return [];
  });
}
