// What the pages gain from a script: the theme, keys, parts that renew themselves, a case beside its list, copy buttons. Every page
// works without it. Loaded in the head, before anything is painted.

import { offerCopies } from './copy.js';
import { offerInserts } from './insert.js';
import { listen } from './keys.js';
import { watch } from './live.js';
import { act, openBeside } from './pane.js';
import { keepBeside } from './part.js';
import { guardReveals } from './reveal.js';
import { offerThemes, paint } from './theme.js';
import { offerUploads } from './upload.js';
import { tellZone } from './zone.js';

document.documentElement.classList.add('js');
paint();
tellZone();

document.addEventListener('DOMContentLoaded', () => {
  offerThemes();
  offerCopies();
  offerInserts();
  document.querySelector('[data-focus]')?.focus();
  document.querySelector('form[data-send-now]')?.requestSubmit();
  openBeside();
  keepBeside();
  listen(act);
  watch();
  guardReveals();
  offerUploads();
});
