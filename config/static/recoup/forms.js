// Forms: save rests only while saving, dates have a picker, a password can be looked at, and what
// is typed is not lost by leaving.
(() => {
  const words = JSON.parse(document.getElementById('rc-words')?.textContent || '{}');

  const saving = (form, on) => form.querySelectorAll('button:not([type=button]):not([type=reset])').forEach((button) => {
    button.disabled = on;
    button.querySelector('.ti-loader-2')?.remove();
    if (on && button.classList.contains('btn-primary')) {
      const turn = document.createElement('i');
      turn.className = 'ti ti-loader-2';
      turn.setAttribute('aria-hidden', 'true');
      button.prepend(turn);
    }
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post') return;
    delete form.dataset.rcDirty;
    if (event.defaultPrevented) return;              // htmx sends it
    setTimeout(() => saving(form, true));            // after the values are on their way
  });
  document.addEventListener('htmx:beforeRequest', (event) => { if (event.detail.elt.matches('form')) saving(event.detail.elt, true); });
  document.addEventListener('htmx:afterRequest', (event) => {
    const form = event.detail.elt;
    if (!form.matches('form')) return;
    saving(form, false);
    if (!event.detail.successful && form.matches('[data-rc-guard]')) form.dataset.rcDirty = 'yes';
  });
  addEventListener('pageshow', () => document.querySelectorAll('form').forEach((form) => { if (form.method === 'post') saving(form, false); }));

  // A form with data-rc-guard asks before it is left with something typed.
  document.addEventListener('input', (event) => {
    const form = event.target.closest?.('form[data-rc-guard]');
    if (form) form.dataset.rcDirty = 'yes';
  });
  addEventListener('beforeunload', (event) => { if (document.querySelector('form[data-rc-dirty]')) event.preventDefault(); });

  // Typing comes first; the calendar beside the field fills it in.
  const calendar = (field) => {
    if (field.dataset.rcReady || field.readOnly || field.disabled) return;
    field.dataset.rcReady = 'yes';
    const wrap = document.createElement('span');
    wrap.className = 'in-w';
    field.replaceWith(wrap);
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'in-b';
    button.setAttribute('aria-label', words.pick || '');
    const icon = document.createElement('i');
    icon.className = 'ti ti-calendar';
    icon.setAttribute('aria-hidden', 'true');
    const picker = document.createElement('input');
    picker.type = field.dataset.rcDay;
    picker.tabIndex = -1;
    picker.setAttribute('aria-hidden', 'true');
    picker.className = 'in-p';
    button.append(icon);
    wrap.append(field, picker, button);
    button.addEventListener('click', () => { picker.value = field.value.replace(' ', 'T'); picker.showPicker(); });
    picker.addEventListener('change', () => {
      field.value = picker.value.replace('T', ' ');
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    });
  };

  document.addEventListener('click', (event) => {
    const eye = event.target.closest('[data-rc-eye]');
    if (!eye) return;
    const field = document.getElementById(eye.dataset.rcEye);
    const shown = field.type === 'password';
    field.type = shown ? 'text' : 'password';
    eye.setAttribute('aria-pressed', String(shown));
    eye.firstElementChild.className = `ti ti-eye${shown ? '-off' : ''}`;
  });

  // A choice that changes what the form will do shows it at once, by its button of this value.
  document.addEventListener('change', (event) => {
    const look = event.target.closest?.('[data-rc-look]');
    if (look) look.form.querySelector('button[value=look]').click();
  });

  // What was kept as a draft has been saved.
  document.querySelectorAll('[data-rc-told^="saved-"]').forEach((note) => sessionStorage.removeItem(`rc-draft:${note.dataset.rcTold.slice(6)}`));

  const fresh = (root) => {
    root.querySelectorAll('input[data-rc-day]').forEach(calendar);
    const first = root.querySelector('[data-rc-focus]');
    first?.focus();
    if (first?.dataset.rcFocus === 'all') first.select();   // typing takes the place of what stands there
  };
  fresh(document);
  document.addEventListener('htmx:afterSettle', (event) => fresh(event.detail.elt));
})();
