// The list below the search box: arrows go through it, Esc empties it.
(() => {
  const box = document.querySelector('.rc-search');
  const field = box?.querySelector('input');
  const found = document.getElementById('rc-found');
  if (!field || !found) return;

  box.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape' && found.childElementCount) {
      found.replaceChildren();
      field.focus();
      event.preventDefault();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [field, ...found.querySelectorAll('a')];
    if (!step || stops.length < 2) return;
    const at = stops.indexOf(document.activeElement);
    stops[(at + step + stops.length) % stops.length].focus();
    event.preventDefault();
  });
  // An answer that comes after the box was emptied or sent is not shown.
  field.addEventListener('htmx:beforeSwap', (event) => { if (!field.value.trim()) event.detail.shouldSwap = false; });
  field.addEventListener('input', () => { if (!field.value.trim()) found.replaceChildren(); });
})();
