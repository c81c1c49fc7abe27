// Copy buttons.

import { announce } from './announce.js';

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add('is-copied');
    announce('Copied');
    setTimeout(() => button.classList.remove('is-copied'), 1500);
  } catch {
    const range = document.createRange(); // no clipboard here: mark it, so that the keyboard can copy it
    range.selectNodeContents(button.previousElementSibling);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    announce('Marked: copy it with the keyboard');
  }
}

export function offerCopies() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button[data-copy]');
    if (button) copy(button);
  });
}
