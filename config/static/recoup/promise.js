// A promise being typed: what would remain of the debt. Cents as whole numbers, never floats.
(() => {
  const cents = (text) => {
    const plain = text.normalize('NFKC').replace(/[,\s]/g, '');
    const match = /^(\d+)(?:\.(\d{0,2}))?$/.exec(plain);
    return match ? BigInt(match[1]) * 100n + BigInt((match[2] || '').padEnd(2, '0')) : null;
  };
  const shown = (value) => {
    const whole = (value / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
    return `${whole}.${(value % 100n).toString().padStart(2, '0')}`;
  };
  document.addEventListener('input', (event) => {
    if (!event.target.matches?.('[data-rc-promised]')) return;
    const place = event.target.closest('form')?.querySelector('[data-rc-owed]');
    if (!place) return;
    const owed = cents(place.dataset.rcOwed);
    const promised = cents(event.target.value);
    const left = promised === null || owed === null ? null : owed - promised;
    place.querySelector('[data-rc-left]').textContent = left === null || left < 0n ? '–' : shown(left);
    place.classList.toggle('er', left !== null && left < 0n);
  });
})();
