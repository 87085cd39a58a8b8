// The keyboard. A single letter does what the element with data-rc-key="letter" does; it rests
// while one types, with a modifier, in dialogs, and where the person switched it off.
(() => {
  const allowed = () => document.body.dataset.rcKeys !== 'off';
  const typing = (node) => node.isContentEditable || node.matches?.('input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select');
  const modal = () => document.querySelector('dialog[open]');
  const send = (name, detail) => dispatchEvent(new CustomEvent(name, { detail }));

  const press = (key) => {
    const target = [...document.querySelectorAll(`[data-rc-key="${CSS.escape(key)}"]`)].find((each) => each.checkVisibility?.() ?? true)
      || document.querySelector(`[data-rc-key="${CSS.escape(key)}"]`);
    if (!target) return false;
    if (target.matches('input:not([type=radio], [type=checkbox]), textarea, select')) {
      target.closest('.rc-search')?.classList.add('open');
      target.focus();
      target.select?.();
    } else target.click();
    return true;
  };

  const digit = (key) => {
    const shown = (root) => [...(root?.querySelectorAll('[data-rc-digits]') || [])].find((each) => each.checkVisibility?.() ?? true);
    const group = shown(document.activeElement.closest?.('form')) || shown(document);
    const choice = group?.querySelectorAll('input:not(:disabled)')[Number(key) - 1];
    if (!choice) return false;
    choice.click();
    choice.focus();
    return true;
  };

  const escape = (event) => {
    const menu = document.querySelector('details[data-rc-menu][open]');
    if (menu) { menu.open = false; menu.querySelector('summary').focus(); return true; }
    if (modal()) return false;                       // the browser closes it
    if (typing(event.target)) {
      event.target.blur();
      if (event.target.closest('.rc-search')) document.querySelector('tr.cur a')?.focus({ preventScroll: true });
      return true;
    }
    if (document.querySelector('#rc-panel > *')) { send('rc-panel-close'); return true; }
    const back = document.querySelector('[data-rc-back]');
    if (back) { back.click(); return true; }
    return false;
  };

  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === 'Escape') { if (escape(event)) event.preventDefault(); return; }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.('form') || document.querySelector('[data-rc-form]');
      const button = form?.querySelector('[data-rc-submit]') || form?.querySelector('button.btn-primary:not([type=button])');
      if (button) { event.preventDefault(); form.requestSubmit(button); }
      return;
    }
    if (!allowed() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || modal()) return;
    if (event.key === '?') { event.preventDefault(); document.getElementById('rc-keys')?.showModal(); return; }
    if (/^[1-9]$/.test(event.key) && digit(event.key)) { event.preventDefault(); return; }
    const list = new CustomEvent('rc-list-key', { detail: { key: event.key, from: event.target }, cancelable: true });
    if (!dispatchEvent(list)) { event.preventDefault(); return; }   // lists.js took it
    const named = event.key === 'Enter' && event.target === document.body;
    if ((event.key.length === 1 || named) && press(event.key)) event.preventDefault();
  });

  // An address may ask for a key of its page, once: #key-n.
  const asked = /^#key-([a-z])$/.exec(location.hash);
  if (asked) addEventListener('load', () => {
    history.replaceState(history.state, '', location.pathname + location.search);
    press(asked[1]);
  });
})();
