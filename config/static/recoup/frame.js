// The frame: menus, navigation on phones, search, clock, toasts, what htmx cannot say itself.
(() => {
  const words = JSON.parse(document.getElementById('rc-words')?.textContent || '{}');

  // A short notice in the corner; `tone` is ok, warn or bad. Other modules call it by event.
  const toast = (text, tone = 'ok') => {
    const region = document.getElementById('rc-toasts');
    if (!region || [...region.children].some((each) => each.textContent === text)) return;
    const note = document.createElement('div');
    note.className = `note ${tone}`;
    note.textContent = text;
    region.append(note);
    setTimeout(() => note.remove(), tone === 'ok' ? 4000 : 12000);
  };
  addEventListener('rc-toast', (event) => toast(words[event.detail.word] || event.detail.text, event.detail.tone));

  // Menus: <details data-rc-menu>. One is open at a time; a click outside or Esc closes it.
  const menus = () => document.querySelectorAll('details[data-rc-menu][open]');
  document.addEventListener('toggle', (event) => {
    const menu = event.target;
    if (!menu.matches?.('details[data-rc-menu]') || !menu.open) return;
    menus().forEach((each) => { if (each !== menu && !each.contains(menu)) each.open = false; });
    keepInSight(menu.querySelector('.pop'));
    menu.querySelector('.pop input:not([type=hidden]), .pop select')?.focus({ preventScroll: true });
  }, true);
  document.addEventListener('click', (event) => {
    menus().forEach((each) => { if (!each.contains(event.target)) each.open = false; });
  });
  // A menu that would leave the window at the right opens to the left.
  const keepInSight = (pop) => {
    if (pop && pop.getBoundingClientRect().right > innerWidth) pop.classList.add('end');
  };

  // Navigation on phones.
  const burger = document.querySelector('[data-rc-burger]');
  const side = document.getElementById('rc-side');
  const fold = (open) => {
    side?.classList.toggle('open', open);
    burger?.setAttribute('aria-expanded', String(open));
  };
  burger?.addEventListener('click', () => {
    fold(!side.classList.contains('open'));
    side.querySelector('.rc-nav a')?.focus();
  });
  document.addEventListener('click', (event) => {
    if (side?.classList.contains('open') && !side.contains(event.target) && !burger.contains(event.target)) fold(false);
  });
  const search = document.querySelector('.rc-search');
  document.querySelector('[data-rc-search]')?.addEventListener('click', (event) => {
    event.preventDefault();
    search.classList.add('open');
    search.querySelector('input').focus();
  });
  search?.addEventListener('focusout', () => search.classList.remove('open'));

  // Dialogs open as popovers without scripts; here they are modal.
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[popovertarget]');
    const dialog = button && document.getElementById(button.getAttribute('popovertarget'));
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    if (dialog.open || button.getAttribute('popovertargetaction') === 'hide') dialog.close();
    else {
      if (dialog.matches(':popover-open')) dialog.hidePopover();
      menus().forEach((each) => { each.open = false; });
      dialog.showModal();
    }
  });
  document.addEventListener('click', (event) => {   // a click beside the dialog closes it
    if (event.target instanceof HTMLDialogElement && event.target.open) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) event.target.close();
    }
  });

  // What folds on phones starts folded there.
  if (matchMedia('(max-width: 799.98px)').matches) document.querySelectorAll('details.fold[open]').forEach((each) => { each.open = false; });

  // What comes anew by itself rests while nobody looks, and while the keyboard is in it.
  document.addEventListener('htmx:beforeRequest', (event) => {
    const part = event.detail.elt;
    if (part.matches('[data-rc-while-seen]') && (document.hidden || part.querySelector(':focus-visible'))) event.preventDefault();
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) document.dispatchEvent(new Event('rc-seen')); });

  // The company's clock.
  const clock = document.querySelector('[data-rc-clock]');
  if (clock) {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: clock.dataset.rcClock, hour: '2-digit', minute: '2-digit' });
    setInterval(() => { clock.textContent = format.format(new Date()); }, 15000);
  }

  // Copy what stands beside the button.
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-rc-copy]');
    if (!button) return;
    const text = button.dataset.rcCopy || button.parentElement.querySelector('[data-rc-copy-text]')?.textContent || '';
    await navigator.clipboard.writeText(text.trim());
    toast(words.copied);
  });

  // A denied action does nothing, however it is pressed.
  document.addEventListener('click', (event) => {
    if (event.target.closest('[aria-disabled="true"]')) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  // What went wrong with a request that htmx sent.
  const polls = (event) => Boolean(event.detail.requestConfig?.headers['X-Recoup-Poll']);
  document.addEventListener('htmx:sendError', (event) => { if (!polls(event)) toast(words.offline, 'bad'); });
  document.addEventListener('htmx:responseError', (event) => {
    if (event.detail.xhr.status === 401) toast(words.signedOut, 'warn');
    else if (!polls(event)) toast(words.failed, 'bad');
  });
  // A task list that is open stays open when it is asked for again.
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.elt?.id === 'rc-jobs') document.getElementById('rc-jobs-menu')?.toggleAttribute('open', Boolean(jobsOpen));
  });
  let jobsOpen = false;
  document.addEventListener('htmx:beforeSwap', (event) => {
    if (event.detail.target?.id === 'rc-jobs') jobsOpen = Boolean(document.getElementById('rc-jobs-menu')?.open);
  });
})();
