// Copy buttons.

import { announce } from './announce.js';

async function copy(button) {
  const field = document.getElementById(button.dataset.copyFrom ?? '');
  try {
    await navigator.clipboard.writeText(field ? field.value : button.dataset.copy);
    button.classList.add('is-copied');
    announce('Copied');
    setTimeout(() => button.classList.remove('is-copied'), 1500);
  } catch {
    mark(field ?? button.previousElementSibling); // no clipboard here
    announce('Marked: copy it with the keyboard');
  }
}

// mark selects what the keyboard can then copy.
function mark(element) {
  if (element.select) {
    element.focus();
    element.select();
    return;
  }
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

export function offerCopies() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button[data-copy], button[data-copy-from]');
    if (button) copy(button);
  });
}
