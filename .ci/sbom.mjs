// Writes a CycloneDX bill of materials of the program: its Go modules as the linker recorded them in it, and the npm packages that
// its pages are built from.
// Usage: go version -m -json PROGRAM | node .ci/sbom.mjs VERSION NPM_SBOM
import { readFileSync } from 'node:fs';

const [version, npm] = process.argv.slice(2);
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
const pages = JSON.parse(readFileSync(npm, 'utf8')).components ?? [];

console.log(JSON.stringify({
  bomFormat: 'CycloneDX', specVersion: '1.5', version: 1,
  metadata: {
    timestamp: new Date().toISOString(),
    component: { type: 'application', 'bom-ref': 'identitydesk', name: 'identitydesk', version },
  },
  components: [go, ...modules, ...pages],
}, null, 2));
