// Lists the licences of the npm packages that the pages are built from, and fails on one that is not allowed.
// Usage: node .ci/licences.mjs LOCKFILE
import { readFileSync } from 'node:fs';

const allowed = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense', 'Python-2.0']);

// Tools that run while testing and are not part of what is built.
const notShipped = new Map([['axe-core', 'MPL-2.0']]);

const { packages } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
let refused = 0;
for (const [path, p] of Object.entries(packages)) {
  if (path === '') continue;
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  // "(MIT OR CC0-1.0)" may be used under either.
  const words = String(p.license ?? 'unknown').replace(/[()]/g, '').split(/ OR /);
  const fine = words.some((w) => allowed.has(w)) || words.includes(notShipped.get(name));
  if (!fine) {
    refused++;
    console.error(`licences: ${name} ${p.version} is under ${p.license ?? 'an unknown licence'}, which is not allowed.`);
  }
  console.log(`${name}@${p.version},https://www.npmjs.com/package/${name},${p.license ?? 'unknown'}`);
}
process.exit(refused ? 1 : 0);
