// Before the first paint: scripts run (class js), and the dark theme follows the system unless the
// person chose one in the settings.
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  if (root.dataset.rcTheme !== 'auto') return;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => { root.dataset.bsTheme = dark.matches ? 'dark' : 'light'; };
  apply();
  dark.addEventListener('change', apply);
})();
