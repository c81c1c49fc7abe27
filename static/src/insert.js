// Buttons that put a text into a field where its cursor stands, such as somebody's handle into a note.

function insert({ dataset }) {
  const field = document.getElementById(dataset.into);
  const before = field.value.slice(0, field.selectionStart);
  const gap = before && !/\s$/.test(before) ? ' ' : '';
  field.focus();
  field.setRangeText(gap + dataset.insert, field.selectionStart, field.selectionEnd, 'end');
}

export function offerInserts() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button[data-insert]');
    if (button) insert(button);
  });
}
