// Builds what the binary embeds: styles, scripts and icons, from npm packages and
// from src, into dist. Run it with `make assets`.
//
// Styles of Tabler that no page uses are left out: a class counts as used when its
// name stands anywhere in a view, so classes must be written out in full there.

import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { PurgeCSS } from 'purgecss';

const here = dirname(fileURLToPath(import.meta.url));
const source = (name) => join(here, 'src', name);
const pkg = (name) => join(here, 'node_modules', name);
const dist = join(here, 'dist');

// A first visit may weigh 200 KB in all, pages included; these are kilobytes gzipped.
const budget = { 'desk.css': 60, 'desk.js': 20, 'htmx.js': 25, 'icons.svg': 20 };

// The oldest browsers that know light-dark(), which the themes are made of.
const target = ['es2022', 'chrome123', 'firefox120', 'safari17.5'];

async function styles() {
  const views = join(here, '..', 'views');
  const content = (await readdir(views, { recursive: true }))
    .filter((name) => name.endsWith('.templ') || (name.endsWith('.go') && !/_(templ|test)\.go$/.test(name)))
    .sort()
    .map((name) => join(views, name));
  const scripts = (await readdir(join(here, 'src'))).filter((name) => name.endsWith('.js')).sort().map(source);
  const [purged] = await new PurgeCSS().purge({
    content: [...content, ...scripts],
    css: [pkg('@tabler/core/dist/css/tabler.css')],
    // Only names of classes, ids and elements: letters, digits and dashes.
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    safelist: {
      standard: ['html', 'body', 'root', 'show', 'active', 'disabled', 'collapsed', 'collapsing'],
      // The theme is set on <html> by the page or by desk.js.
      greedy: [/data-bs-theme/],
    },
    keyframes: true,
    fontFace: true,
  });
  // Ours comes last, so that it wins, and is never purged.
  const own = await withIcons(await readFile(source('desk.css'), 'utf8'));
  const { code } = await esbuild.transform(`${purged.css}\n${own}`, {
    loader: 'css', minify: true, legalComments: 'inline', target,
  });
  return code;
}

// withIcons puts the icons that the style sheet names, as icon(NAME), into it: words that stand in many rows get theirs so.
async function withIcons(css) {
  const found = new Map();
  for (const [, name] of css.matchAll(/\bicon\(([a-z0-9-]+)\)/g)) {
    if (!found.has(name)) found.set(name, `url("data:image/svg+xml,${encodeURIComponent(drawing(await shapesOf(name), '#000'))}")`);
  }
  return css.replace(/\bicon\(([a-z0-9-]+)\)/g, (_, name) => found.get(name));
}

const drawing = (shapes, colour) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="${colour}" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes}</svg>`;

// shapesOf gives what an icon is drawn of.
async function shapesOf(name) {
  let svg;
  try {
    svg = await readFile(pkg(`@tabler/icons/icons/outline/${name}.svg`), 'utf8');
  } catch {
    throw new Error(`"${name}" is no outline icon of @tabler/icons`);
  }
  return svg.replace(/<!--[\s\S]*?-->/g, '').match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, '');
}

async function deskScript() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [source('desk.js')], bundle: true, minify: true, write: false, format: 'iife', target,
  });
  return outputFiles[0].text;
}

async function htmx() {
  const { code } = await esbuild.transform(await readFile(pkg('htmx.org/dist/htmx.js'), 'utf8'), {
    loader: 'js', minify: true, legalComments: 'inline', target,
  });
  return code;
}

// icons makes one sprite of the icons that src/icons.txt names; pages refer to
// icons.svg#tabler-NAME. Lines that begin with # are comments.
async function icons() {
  const names = (await readFile(source('icons.txt'), 'utf8'))
    .split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  const symbols = [];
  for (const name of [...new Set(names)].sort()) {
    symbols.push(`<symbol id="tabler-${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${await shapesOf(name)}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Tabler Icons, MIT License, Copyright (c) 2020-2026 Paweł Kuna -->\n${symbols.join('\n')}\n</svg>\n`;
}

// check refuses what the pages must not have: requests to elsewhere, a lost theme,
// and more weight than the budget allows.
function check(name, text, packed) {
  const outside = name.endsWith('.css') && text.match(/@import[^;]*;|url\((?!\s*["']?(data:|#))[^)]*\)/);
  if (outside) throw new Error(`${name} would make browsers fetch ${outside[0]}`);
  if (name === 'desk.css' && !/\[data-bs-theme=["']?dark["']?\][^{}]*\{[^}]*color-scheme:\s*dark/.test(text)) throw new Error(`${name} has lost its dark theme`);
  if (packed.length > budget[name] * 1000) {
    throw new Error(`${name} has ${packed.length} bytes gzipped, and its budget is ${budget[name]} KB`);
  }
}

// put replaces a file at once, so that a build beside this one never sees half of it.
async function put(name, content) {
  const draft = join(dist, `.${name}.${process.pid}`);
  await writeFile(draft, content);
  await rename(draft, join(dist, name));
}

// The Makefile looks at the last of these to know whether the build is up to date.
const made = {
  'desk.css': await styles(),
  'desk.js': await deskScript(),
  'htmx.js': await htmx(),
  'icons.svg': await icons(),
};

await mkdir(dist, { recursive: true });
for (const [name, text] of Object.entries(made)) {
  const packed = gzipSync(text, { level: 9 });
  check(name, text, packed);
  await put(name, text);
  await put(`${name}.gz`, packed);
  console.log(`${name.padEnd(10)} ${String(Buffer.byteLength(text)).padStart(7)} bytes, ${String(packed.length).padStart(6)} gzipped`);
}

const wanted = new Set(['.keep', ...Object.keys(made), ...Object.keys(made).map((name) => `${name}.gz`)]);
for (const name of await readdir(dist)) {
  const draftOfAnother = name.startsWith('.') && name !== '.keep';
  if (!wanted.has(name) && !draftOfAnother) await rm(join(dist, name));
}
