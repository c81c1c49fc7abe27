// Writes a CycloneDX bill of materials of the program: its Go modules as the linker recorded them in it, and the npm packages that
// its pages are built from, as the lock file names them.
// Usage: go version -m -json PROGRAM | node .ci/sbom.mjs VERSION LOCKFILE
import { readFileSync } from 'node:fs';

const [version, lock] = process.argv.slice(2);
const build = JSON.parse(readFileSync(0, 'utf8'));
const info = Array.isArray(build) ? build[0] : build;

const modules = (info.Deps ?? []).map((m) => {
  const used = m.Replace ?? m;
  const purl = `pkg:golang/${used.Path}@${used.Version}`;
  return {
    type: 'library', 'bom-ref': purl, name: used.Path, version: used.Version, purl,
    properties: [{ name: 'go:sum', value: used.Sum ?? '' }],
  };
});
const go = { type: 'platform', 'bom-ref': `pkg:golang/std@${info.GoVersion}`, name: 'std', version: info.GoVersion, purl: `pkg:golang/std@${info.GoVersion}` };
// What is built into the pages; the rest builds them or tests them.
const shipped = new Set(['htmx.org', 'htmx-ext-sse', '@tabler/core', '@tabler/icons']);
const pages = Object.entries(JSON.parse(readFileSync(lock, 'utf8')).packages).filter(([path]) => path !== '').map(([path, p]) => {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const purl = `pkg:npm/${name.replace('@', '%40')}@${p.version}`;
  return {
    type: 'library', 'bom-ref': `${purl}#${path}`, name, version: p.version, purl, scope: shipped.has(name) ? 'required' : 'excluded',
    licenses: p.license ? [{ expression: p.license }] : [],
    properties: [{ name: 'npm:integrity', value: p.integrity ?? '' }],
  };
});

console.log(JSON.stringify({
  bomFormat: 'CycloneDX', specVersion: '1.5', version: 1,
  metadata: {
    timestamp: new Date().toISOString(),
    component: { type: 'application', 'bom-ref': 'identitydesk', name: 'identitydesk', version },
  },
  components: [go, ...modules, ...pages],
}, null, 2));
