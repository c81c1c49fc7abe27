// The theme: light, dark, or like the system where nothing is stored.

const themeKey = 'desk-theme';

function storedTheme() {
  try {
    return localStorage.getItem(themeKey) ?? 'auto';
  } catch {
    return 'auto'; // storage is switched off
  }
}

function applyTheme(theme) {
  const root = document.documentElement;
  if (theme === 'light' || theme === 'dark') root.dataset.bsTheme = theme;
  else delete root.dataset.bsTheme;
}

function chooseTheme(theme) {
  applyTheme(theme);
  try {
    if (theme === 'auto') localStorage.removeItem(themeKey);
    else localStorage.setItem(themeKey, theme);
  } catch {
    // It holds for this page alone.
  }
}

// paint must run before anything is painted, so that a chosen theme never flashes.
export function paint() {
  applyTheme(storedTheme());
  addEventListener('storage', (event) => {
    if (event.key === themeKey) applyTheme(storedTheme());
  });
}

export function offerThemes() {
  const select = document.querySelector('[data-theme-select]');
  if (!select) return;
  select.value = storedTheme();
  select.addEventListener('change', () => chooseTheme(select.value));
}
