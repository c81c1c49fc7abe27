// The focus is never lost: when a part of the page is put in another's place, it goes to what stands where it was.

const reachable = 'a[href], button:not(:disabled), summary, input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)';

// hold notes where the focus is within a part; what it gives puts it back into the part that came instead.
export function hold(part) {
  const active = document.activeElement;
  if (!active || active === document.body || !part.contains(active)) return () => {};
  const { id } = active;
  const href = active.getAttribute('href');
  const at = [...part.querySelectorAll(reachable)].indexOf(active);
  return (next) => {
    if (document.activeElement !== document.body && document.activeElement?.isConnected) return; // somebody took it
    const same = id ? document.getElementById(id) : href && [...next.querySelectorAll('a')].find((link) => link.getAttribute('href') === href);
    if (same && !same.disabled && next.contains(same)) same.focus({ preventScroll: true });
    else focusNear(next, at);
  };
}

function focusNear(part, at) {
  const all = [...part.querySelectorAll(reachable)];
  if (at >= 0 && all.length > 0) all[Math.min(at, all.length - 1)].focus({ preventScroll: true });
  else focusHeading(part);
}

// focusHeading leads a reader to the beginning of a part.
export function focusHeading(part) {
  const heading = part.querySelector('h1, h2') ?? part;
  if (!heading.hasAttribute('tabindex')) heading.tabIndex = -1;
  heading.focus();
}
