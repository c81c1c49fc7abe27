// Tells the desk the browser's time zone, so that the pages that follow tell times for it.

const year = 365 * 24 * 60 * 60;

export function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `zone=${encodeURIComponent(zone)}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
}
